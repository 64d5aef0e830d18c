"""A real contest, replayed."""
