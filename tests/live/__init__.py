"""The stream, as those see it who listen."""
