"""What the feed tells of, and on which channels. Pure."""

FEED, ACHIEVEMENTS, HIGH_SCORES = CHANNELS = ("activity:feed", "activity:achievements", "activity:high-scores")

#: What `Entry.kind` may be → the event that it becomes.
EVENTS = {
    "session.started": "session.started",
    "session.ended": "session.ended",
    "session_completed": "activity.session_completed",
    "rank_improved": "activity.rank_improved",
    "achievement": "activity.achievement",
    "high_score": "activity.high_score",
    "new_leader": "activity.new_leader",
}

#: The channels beside the feed that carry a kind too.
ALSO_ON = {"achievement": ACHIEVEMENTS, "high_score": HIGH_SCORES, "new_leader": HIGH_SCORES}
