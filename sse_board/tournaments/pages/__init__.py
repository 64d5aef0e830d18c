"""Pages of tournaments, their desk and their walls."""
