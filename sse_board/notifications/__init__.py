"""What people are told beside scores: announcements, to all, to roles or to single users."""
