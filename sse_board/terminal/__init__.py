"""Looking at the service from a shell."""
