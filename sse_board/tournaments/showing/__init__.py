"""What is shown of tournaments: read once, counted once, in every face."""
