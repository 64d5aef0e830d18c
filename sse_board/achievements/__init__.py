"""What players are awarded for: streaks, points, ranks, levels, perfection."""
