"""Signed actions: checked, committed in batches, ranked."""
