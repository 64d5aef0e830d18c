"""`/admin`: a small site of plain forms, each page about one thing."""
