"""What the feed tells of. Pure."""

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
