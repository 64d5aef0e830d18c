"""The boards as Redis holds them: folded, read and replaced by scripts, each in one look."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from redis import RedisError
from redis.asyncio import Redis

from sse_board.boards.board import Board, Place, Places, Row, Standing, Window
from sse_board.boards.rules import ranked
from sse_board.clock import from_milliseconds, to_milliseconds
from sse_board.stores.redis import Line, channel_name, send_large
from sse_board.version import Version

_SCRIPTS = Path(__file__).parent
#: Digits of a seq in a member: room for 10^15 actions, and a double counts further.
SEQ_DIGITS = 15
#: Seconds that a half-loaded copy lives if its loader dies.
COPY_TTL_SECONDS = 600

Ranks = dict[str, tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True)
class Fold:
    """What became of a commit: `folded`, `ahead` (Redis knew), `behind` or `missing` (catch up first).

    `seq` is what Redis holds now; `ranks` maps user ids to their rank before and now.
    """

    status: str
    seq: int
    ranks: Ranks


class Ranking:
    """Each method is one round trip. Raises redis.RedisError; whoever calls knows what to do without Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._line = Line(redis)
        self._fold, self._read, self._find, self._swap = (
            redis.register_script((_SCRIPTS / f"{name}.lua").read_text())
            for name in ("fold", "read", "find", "swap")
        )

    def hint_channel(self, slug: str) -> str:
        """Where a change of the board is told, as `boards/hint.py` reads it."""
        return channel_name(self._redis, "hint", slug)

    async def fold(
        self,
        board: Board,
        start: int,
        end: int,
        at: datetime,
        rows: Sequence[Row],
        *,
        tell_ranks: bool = True,
    ) -> Fold:
        """Apply the rows of the commits after `start` up to `end`."""
        head: list[str | int] = [board.epoch, start, end, to_milliseconds(at), self.hint_channel(board.slug)]
        flags = [_flag(board.ties == "shared"), _flag(tell_ranks)]
        body = [part for row in rows for part in _packed(board, row)]
        keys = [*_keys(board.slug), samples_key(board.slug)]
        reply = await self._fold(keys=keys, args=[*head, *flags, *body])
        ranks = dict(zip((row.user_id for row in rows), _pairs(reply[2:]), strict=False))
        return Fold(reply[0].decode(), int(reply[1]), ranks)

    async def read(self, board: Board, offset: int, limit: int) -> Window | None:
        """A window, or None when Redis does not have the board at its present epoch."""
        reply = await self._read(keys=_keys(board.slug), args=[offset, limit, _flag(board.ties == "shared")])
        if not reply or int(reply[0]) != board.epoch:
            return None
        rows = [_unpacked(user.decode(), row) for user, row in zip(reply[5::3], reply[6::3], strict=True)]
        moves = [None if move is None else int(move) for move in reply[7::3]]
        entries = ranked(board, rows, offset=offset, first_rank=int(reply[4]), moves=moves)
        version = Version(int(reply[0]), int(reply[1]))
        return Window(board, version, entries, int(reply[3]), limit, offset, from_milliseconds(int(reply[2])))

    async def find(self, boards: Sequence[Board], user_id: str) -> list[Place | None]:
        """The player's place on each board; None where Redis does not have the board at its present epoch."""
        found = await self.find_many({board: [user_id] for board in boards})
        return [Place(one.version, one.standings.get(user_id)) if one else None for one in found]

    async def find_many(self, asked: Mapping[Board, Sequence[str]]) -> list[Places | None]:
        """Where these players of each board stand; None where Redis does not have it at its present epoch."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for board, users in asked.items():
                flag = _flag(board.ties == "shared")
                await self._find(keys=_keys(board.slug)[:3], args=[flag, *users], client=pipe)
            replies = await pipe.execute()
        return [_places(*one, reply) for one, reply in zip(asked.items(), replies, strict=True)]

    async def version(self, slug: str) -> Version | None:
        """The board's version, None when Redis does not have it."""
        return _version(await self._line.ask("HMGET", _keys(slug)[0], "epoch", "seq"))

    async def versions(self, slugs: Sequence[str]) -> list[Version | None]:
        """The version of each board, None where Redis does not have it."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for slug in slugs:
                pipe.hmget(_keys(slug)[0], "epoch", "seq")
            replies = await pipe.execute()
        return [_version(reply) for reply in replies]

    async def begin(self, slug: str, copy: str) -> None:
        """Before the copy's snapshot is taken: a Redis that loses this mark may have shown newer states since."""
        await self._redis.set(_copy_keys(slug, copy)[2], "1", ex=COPY_TTL_SECONDS)

    async def give_up(self, slug: str, copy: str) -> None:
        """Take the copy away; where Redis does not answer, time does."""
        with contextlib.suppress(RedisError):
            await self._redis.unlink(*_copy_keys(slug, copy))

    async def load(self, slug: str, copy: str, board: Board, rows: Sequence[Row]) -> None:
        """Add rows to a copy that nobody reads yet."""
        ranks, shown, mark = _copy_keys(slug, copy)
        packed = [_packed(board, row) for row in rows if row.score is not None]
        members = (part for user, key, tie, _ in packed for part in (key, tie + user))
        fields = (part for user, _, tie, row in packed for part in (user, tie + row))
        await send_large(
            self._redis,
            ("ZADD", ranks, *members),
            ("HSET", shown, *fields),
            ("EXPIRE", ranks, COPY_TTL_SECONDS),
            ("EXPIRE", shown, COPY_TTL_SECONDS),
            ("EXPIRE", mark, COPY_TTL_SECONDS),
        )

    async def patch(self, slug: str, copy: str, board: Board, rows: Sequence[Row]) -> int:
        """Change rows of a copy; how many more it has then. Two round trips: nobody else touches it."""
        ranks, shown, _ = _copy_keys(slug, copy)
        (known,) = await send_large(self._redis, ("HMGET", shown, *(row.user_id for row in rows)))
        old = [
            row[:SEQ_DIGITS].decode() + new.user_id
            for row, new in zip(known, rows, strict=True)
            if row is not None
        ]
        if old:
            await send_large(
                self._redis, ("ZREM", ranks, *old), ("HDEL", shown, *(member[SEQ_DIGITS:] for member in old))
            )
        left = [row for row in rows if row.score is not None]
        if left:
            await self.load(slug, copy, board, left)
        return len(left) - len(old)

    async def swap(self, board: Board, copy: str, seq: int, at: datetime, count: int) -> bool:
        """Put the copy in place unless Redis is as new, or lost any of its `count` rows; whether it was taken."""
        args: list[str | int] = [board.epoch, seq, to_milliseconds(at), self.hint_channel(board.slug), count]
        keys = [*_keys(board.slug), *_copy_keys(board.slug, copy)]
        return bool(await self._swap(keys=keys, args=args))


def _keys(slug: str) -> list[str]:
    return [f"sse_board:{{{slug}}}:{part}" for part in ("meta", "ranks", "rows", "moves")]


def samples_key(slug: str) -> str:
    """What `boards/samples.py` keeps there outlives a board that is loaded anew."""
    return f"sse_board:{{{slug}}}:samples"


def _copy_keys(slug: str, copy: str) -> list[str]:
    return [f"sse_board:{{{slug}}}:{part}:{copy}" for part in ("ranks", "rows", "begun")]


def _places(board: Board, users: Sequence[str], reply: Any) -> Places | None:
    if not reply or int(reply[0]) != board.epoch:
        return None
    found = zip(users, reply[2::3], reply[3::3], reply[4::3], strict=True)
    standings = {user_id: _standing(user_id, *rest) for user_id, *rest in found if rest[0] is not None}
    return Places(Version(int(reply[0]), int(reply[1])), standings)


def _standing(user_id: str, rank: int, stored: bytes, position: int) -> Standing:
    row = _unpacked(user_id, stored)
    assert row.score is not None
    return Standing(rank, position, row.score, row.points)


def _version(reply: Any) -> Version | None:
    epoch, seq = reply
    return Version(int(epoch), int(seq)) if seq else None


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _packed(board: Board, row: Row) -> tuple[str, Any, str, str]:
    """(user, rank key, tie seq, row): the row is a JSON array, short because a million of them are kept."""
    shown = msgspec.json.encode(
        [row.username, row.avatar_url, row.score, str(row.points), to_milliseconds(row.achieved_at)]
    )
    key = "" if row.score is None else board.rank_key(row.score)
    return row.user_id, key, f"{row.seq:0{SEQ_DIGITS}d}", shown.decode()


def _unpacked(user_id: str, stored: bytes) -> Row:
    username, avatar_url, score, points, achieved = msgspec.json.decode(stored[SEQ_DIGITS:])
    seq = int(stored[:SEQ_DIGITS])
    return Row(user_id, username, avatar_url, score, seq, Decimal(points), from_milliseconds(achieved))


def _pairs(flat: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    return list(zip(flat[::2], flat[1::2], strict=True))
