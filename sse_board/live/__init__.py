"""The engine that moves bytes to whoever listens. It knows no feature."""
