"""Writing what players have earned, and telling it: in one transaction with the position of who decided it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sse_board.achievements.definition import Achievement
from sse_board.achievements.judge import Award, Milestone, Outcome
from sse_board.achievements.streak import Streak
from sse_board.activity.record import Entry, record
from sse_board.boards.board import Board
from sse_board.live.events.outbox import Writing
from sse_board.live.events.record import NewEvent
from sse_board.notifications.notify import Notice, notify
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries

_queries = Queries("achievements")

#: Characters of a notice that names many, at the most.
NOTICE_LENGTH = 2_000


async def write(writing: Writing, outcome: Outcome) -> None:
    await _keep_streaks(writing.connection, outcome.streaks)
    for milestone in outcome.milestones:
        writing.tell(_milestone(milestone))
    entries = await grant(writing, list(outcome.awards.values()))
    await record(writing.connection, [*outcome.entries, *entries])


async def grant(writing: Writing, awards: Sequence[Award]) -> list[Entry]:
    """Each player is given what they do not have yet, and told; what the feed may tell of it."""
    if not awards:
        return []
    rows = await (await writing.connection.execute(_queries.grant, _columns(awards))).fetchall()
    names = {(user, slug): username for user, slug, username in rows}
    given = [one for one in awards if (one.user_id, one.achievement.slug) in names]
    for one in given:
        writing.tell(_unlocked(one, names[one.user_id, one.achievement.slug]))
    await notify(writing, _notices(given))
    return [_entry(one) for one in given]


def _columns(awards: Sequence[Award]) -> dict[str, list[object]]:
    return {
        "users": [one.user_id for one in awards],
        "slugs": [one.achievement.slug for one in awards],
        "seqs": [one.seq for one in awards],
        "action_ids": [one.action_id for one in awards],
        "ats": [one.at for one in awards],
    }


def channel_of(user_id: str) -> str:
    """The channel of a user's achievements, and its name in the log."""
    return f"user:{user_id}:achievements"


def _unlocked(award: Award, username: str) -> NewEvent:
    data = {"userId": award.user_id, "username": username, **award.achievement.payload()}
    return NewEvent(channel_of(award.user_id), "achievement.unlocked", data)


def _milestone(milestone: Milestone) -> NewEvent:
    data = {"userId": milestone.user_id, "days": milestone.days, "timeZone": milestone.time_zone}
    return NewEvent(channel_of(milestone.user_id), "streak.milestone", data)


def _notices(awards: Sequence[Award]) -> list[Notice]:
    """One for each player, however much was earned at once."""
    earned: dict[str, list[Achievement]] = {}
    for award in awards:
        earned.setdefault(award.user_id, []).append(award.achievement)
    return [_notice(user, unlocked) for user, unlocked in earned.items()]


def _notice(user_id: str, unlocked: Sequence[Achievement]) -> Notice:
    first, link = unlocked[0], f"/players/{user_id}"
    title, message = first.title, first.description or first.title
    if len(unlocked) > 1:
        title = f"{len(unlocked)} achievements"
        message = "; ".join(one.title for one in unlocked)[:NOTICE_LENGTH]
    return Notice(user_id, "achievements", title, message, "SUCCESS", link=link)


def _entry(award: Award) -> Entry:
    one = award.achievement
    data = {"achievement": one.slug, "title": one.title, "icon": one.icon, "points": one.points}
    return Entry("achievement", award.user_id, None, data)


async def _keep_streaks(connection: Connection, streaks: Mapping[str, Streak]) -> None:
    if not streaks:
        return
    kept = list(streaks.values())
    columns = {
        "users": list(streaks),
        "last_days": [one.last_day for one in kept],
        "last_ats": [one.last_at for one in kept],
        "zones": [one.time_zone for one in kept],
        "days": [one.days for one in kept],
        "bests": [one.best for one in kept],
    }
    await connection.execute(_queries.keep_streaks, columns)


@dataclass(frozen=True, slots=True)
class Fallen:
    """A player who lost the `lead` of a board, or their place in its `top`."""

    user_id: str
    board: Board
    lost: str

    @property
    def link(self) -> str:
        return f"/boards/{self.board.slug}"

    def notice(self) -> Notice:
        title = self.board.title
        what = "first place" if self.lost == "lead" else "place in the Top 10"
        message = f"Somebody has taken your {what} of {title}."
        return Notice(self.user_id, "rankChanges", f"{title}: you lost your {what}", message, link=self.link)


async def tell_fallen(writing: Writing, fallen: Sequence[Fallen]) -> None:
    """A notice for each, but not where one of the same board is still unread."""
    if not fallen:
        return
    links = [one.link for one in fallen]
    asked = {"users": [one.user_id for one in fallen], "links": links, "category": "rankChanges"}
    rows = await (await writing.connection.execute(_queries.not_told, asked)).fetchall()
    await notify(writing, [fallen[row[0] - 1].notice() for row in rows])
