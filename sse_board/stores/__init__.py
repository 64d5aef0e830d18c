"""PostgreSQL, Redis and the embedded pair of both."""
