"""The engine put together: what carries states and events to everybody who listens, in every way there is."""

import resource
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from redis.asyncio import Redis
from starlette.routing import BaseRoute

from sse_board.clock import utc_now
from sse_board.live.bus import HintListener
from sse_board.live.channels import Channels
from sse_board.live.counts import Counts
from sse_board.live.delivery.fanout import Fanout
from sse_board.live.delivery.hub import Hub
from sse_board.live.delivery.lifetime import Lifetimes
from sse_board.live.event import Event
from sse_board.live.events.history import History
from sse_board.live.events.log import EventLog
from sse_board.live.events.outbox import Outbox
from sse_board.live.events.replay import Replays
from sse_board.live.handing import Handed, Hands, nobody_asks
from sse_board.live.headcount import Headcount
from sse_board.live.membership import MembershipApi, Memberships
from sse_board.live.pace import Pace
from sse_board.live.people import People
from sse_board.live.register import Register
from sse_board.live.remote import Handle, Remote
from sse_board.live.states.feed import Feed
from sse_board.live.subscriptions import Subscriptions
from sse_board.live.ways.poll import PollApi
from sse_board.live.ways.reading import Reader
from sse_board.live.ways.socket import Endpoint, SocketApi
from sse_board.live.ways.stream import StreamApi
from sse_board.live.ways.waiting import Waiters
from sse_board.settings import Settings
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name
from sse_board.web.identity import Authenticator

#: Files kept for everything but streams.
FILES_KEPT = 512
#: Any channel and everything; and the older endpoint, whose clients expect the default board and their own score.
ENDPOINTS = (
    Endpoint("/api/ws", "socket"),
    Endpoint("/api/v1/scores/live", "scores", ("leaderboard",), ("user:me:score",)),
)


class Live:
    """Built but not started; it knows channels, and nothing of what they are about."""

    def __init__(
        self,
        settings: Settings,
        postgres: Postgres,
        redis: Redis,
        authenticator: Authenticator,
        channels: Channels,
        handed: Handed = nobody_asks,
        build: str = "",
    ) -> None:
        self._build = build
        self._hands = Hands(handed)
        self._settings = settings
        self._authenticator = authenticator
        self._channels = channels
        self.pace = Pace()
        self.counts = Counts()
        self.people = People()
        history = History(postgres)
        fanout = Fanout()
        self.log = EventLog(history, channels.logs, fanout, self.counts.logs, self._truncated, self._hands)
        self.feed = Feed(channels.states, fanout, settings.board_tick_ms / 1000, self.counts.states)
        self.hub = self._hub()
        self.lifetimes = self._lifetimes(fanout)
        self.headcount = Headcount(self.hub, fanout)
        self._replays = Replays(self.log, history, self._truncated, self.lifetimes.heartbeat, self._hands)
        self.subscriptions = Subscriptions(channels, self.feed, self._replays)
        self.hub.on_progress, self.hub.on_close = self._replays.progressed, self.subscriptions.close
        hint = channel_name(redis, "events")
        self.outbox = Outbox(postgres, redis, hint, self.log.wake)
        self._reader = Reader(channels, self.log, history)
        self._waiters = Waiters(self.feed, self.log, self._reader, self.counts.ways["poll"], self.people)
        self._memberships = Memberships(self.hub, self.subscriptions)
        self._answers: dict[str, Handle] = dict.fromkeys(("subscribe", "unsubscribe"), self._memberships.handle)
        self.remote = Remote(redis, self.hub.process, lambda *parts: channel_name(redis, *parts), self._answer)
        self.register = Register(redis, self.hub.process)
        #: What to listen to on Redis, and who does.
        self.hints: dict[str, HintListener] = {
            hint: lambda *_: self.log.wake(),
            self.remote.questions: self.remote.hear_question,
            self.remote.answers: self.remote.hear_answer,
        }

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs in the background, by name."""
        return {
            "feed": self.feed.run,
            "lifetimes": self.lifetimes.run,
            "log": self.log.run,
            "register": self.register.run,
            "replays": self._replays.run,
        }

    def routes(self) -> list[BaseRoute]:
        hub, subscriptions, authenticator = self.hub, self.subscriptions, self._authenticator
        heartbeat = self._settings.heartbeat_seconds
        sockets = SocketApi(
            hub,
            subscriptions,
            authenticator,
            allowed_origins=self._settings.allowed_origins,
            heartbeat_seconds=heartbeat,
            endpoints=ENDPOINTS,
            headcount=self.headcount,
        )
        return [
            *StreamApi(
                hub, self.feed, subscriptions, authenticator, heartbeat_seconds=heartbeat, build=self._build
            ).routes(),
            *self._polls().routes(),
            *sockets.routes(),
            *MembershipApi(hub, self._memberships, self.remote, authenticator).routes(),
        ]

    async def start(self) -> None:
        """Raises Unavailable: without the log's end no cursor can be given."""
        await self.log.start()
        await self.register.beat()

    async def drain(self, seconds: float) -> None:
        """Polls are answered now; streams and sockets end, spread over `seconds`."""
        self._waiters.close()
        await self.lifetimes.drain(seconds)

    def resync(self) -> None:
        """Hints may have been missed: whatever somebody listens to is read again."""
        self.log.wake()
        self.feed.resync()

    def answer(self, do: str, handle: Handle) -> None:
        """What this process does when another asks for it: questions are objects, and `do` says which."""
        self._answers[do] = handle

    async def _answer(self, question: Any) -> Any:
        return await self._answers[question["do"]](question)

    def _polls(self) -> PollApi:
        way = self.counts.ways["poll"]
        return PollApi(
            self._reader,
            self._waiters,
            self._authenticator,
            pace=self.pace,
            way=way,
            hands=self._hands,
            clock=utc_now,
        )

    def _hub(self) -> Hub:
        settings = self._settings
        return Hub(
            clock=utc_now,
            counts=self.counts,
            max_age=settings.stream_max_age,
            limit=min(settings.stream_limit, _file_limit() - FILES_KEPT),
            limit_per_address=settings.stream_limit_per_ip,
            people=self.people,
        )

    def _lifetimes(self, fanout: Fanout) -> Lifetimes:
        return Lifetimes(
            self.hub,
            fanout,
            clock=utc_now,
            is_live=self._authenticator.is_live,
            told=lambda: self.log.told,
            pace=self.pace,
            heartbeat_seconds=self._settings.heartbeat_seconds,
        )

    def _truncated(self, channels: Iterable[str]) -> Event:
        logs = [channel for channel in channels if self._channels.log_of(channel)]
        return self.hub.event("history.truncated", {"channels": logs})


def _file_limit() -> int:
    """Files that this process may have open; every stream is one."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
