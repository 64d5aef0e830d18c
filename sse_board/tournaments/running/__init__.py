"""How a tournament is changed: every use case one transaction under its lock."""
