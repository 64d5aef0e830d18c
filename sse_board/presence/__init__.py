"""Who is online, over all processes."""
