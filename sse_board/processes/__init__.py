"""What runs where: listening sockets, the supervisor, the web server, and `up`, which is all in one."""
