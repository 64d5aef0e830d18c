"""What operators change, and the audit log of it."""
