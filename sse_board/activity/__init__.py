"""The feed: what players do, told to everybody, folded where it is much."""
