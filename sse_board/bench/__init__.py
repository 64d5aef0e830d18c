"""What the service can do, measured beside the plainest program that does the same."""
