"""What the whole is for, tried from outside in every way there is."""
