"""Attacks that a hostile player, page or peer would try, each against real servers."""
