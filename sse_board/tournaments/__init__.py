"""Tournaments: participants, rounds, games, standings."""
