"""What is true now: read once for everybody, told as changes."""
