"""What a story says: its words, and its fields. Pure."""

from collections.abc import Mapping
from typing import Any

from sse_board.activity.folding import Story


def payload(story: Story) -> dict[str, Any]:
    """The `data` of the event without `timestamp`: the fields of the last entry, and how much it stands for."""
    last = story.last
    fields = {name: value for name, value in last.data.items() if name != "app" or story.subject}
    return {
        "userId": last.user_id,
        "username": last.username,
        **({"board": last.board} if last.board and story.subject else {}),
        **fields,
        **_since(story),
        **({"scored": False} if last.kind.startswith("session.") and "scored" not in last.data else {}),
        "count": len(story.entries),
        "others": story.others,
        "text": text(story),
    }


def _since(story: Story) -> Mapping[str, Any]:
    """Of several steps of one player: from where the first began."""
    if story.others or len(story.entries) == 1 or not story.subject:
        return {}
    first = story.entries[0].data
    return {name: first[name] for name in ("previousRank", "previousScore") if name in first}


def text(story: Story) -> str:
    """One sentence without a full stop; a plain text."""
    return f"{_who(story)} {_SAYINGS[story.last.kind](story)}"


def _who(story: Story) -> str:
    if not story.others:
        return story.last.username
    return f"{story.last.username} and {story.others:,} other{'s' if story.others > 1 else ''}"


def _sessions(verb: str) -> Any:
    def say(story: Story) -> str:
        kind = f"{story.subject} session" if story.subject else "session"
        count = len(story.entries)
        if count == 1:
            return f"{verb} {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
        return f"{verb} {kind}s" if story.others else f"{verb} {count:,} {kind}s"

    return say


def _on(story: Story) -> str:
    return story.last.title if story.subject else "several boards"


def _climbed(story: Story) -> str:
    rank = story.last.data.get("rank")
    if story.others or rank is None or not story.subject:
        return f"climbed on {_on(story)}"
    return f"climbed to rank {rank} of {_on(story)}"


def _unlocked(story: Story) -> str:
    titles = {one.data.get("title", "") for one in story.entries}
    if len(titles) == 1:
        return f"unlocked {story.last.data.get('icon', '')} {titles.pop()}".replace("  ", " ")
    return "unlocked achievements" if story.others else f"unlocked {len(titles):,} achievements"


def _better(story: Story) -> str:
    if story.others or not story.subject:
        return f"{'have' if story.others else 'has'} new personal bests on {_on(story)}"
    return f"has a new personal best on {_on(story)}: {story.last.data.get('score')}"


def _leads(story: Story) -> str:
    return f"took the lead of {_on(story)}"


_SAYINGS = {
    "session.started": _sessions("started"),
    "session.ended": _sessions("ended"),
    "session_completed": _sessions("finished"),
    "rank_improved": _climbed,
    "achievement": _unlocked,
    "high_score": _better,
    "new_leader": _leads,
}
