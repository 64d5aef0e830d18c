"""Who plays whom next."""
