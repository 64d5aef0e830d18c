"""Simulated players that use the public API, as anybody's program would."""
