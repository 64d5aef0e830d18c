"""Programs that nobody here wrote, on a live server."""
