"""The live engine for long and with many clients: `make soak` runs all of it, the suite a short version."""
