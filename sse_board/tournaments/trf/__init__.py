"""TRF16: how tournaments are exchanged."""
