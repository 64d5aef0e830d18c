"""The socket that the hub writes to: what it takes, what waits, and how it ends."""
