"""Practice runs: started here, finished by a signed action of their app's type."""
