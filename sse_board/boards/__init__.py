"""What a leaderboard is."""
