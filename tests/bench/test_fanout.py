"""The benchmarks of streams run and say what they measured; the machine is too busy to look at figures."""

from collections.abc import Callable, Iterator

import pytest

from sse_board.bench.figures import judge_beside
from sse_board.bench.listeners import frames_of
from sse_board.bench.stage import Stage, stage
from tests.bench.printing import VERDICT, check_printed

FIGURE = r"[\d.]+"
#: What is beside us where the machine has it, as not every one has a compiler and nginx.
BESIDE = rf"({FIGURE}.*must {FIGURE}: {VERDICT}|not measured)"


@pytest.fixture(scope="module")
def here() -> Iterator[Stage]:
    """One for all: it takes longer to set up than what is played on it."""
    with stage("sse_board.bench.watched") as here:
        yield here


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "fanout --streams 5 --rate 5 --frames 2 --rounds 1",
            [
                rf"^sse_board( +{FIGURE}){{7}}$",
                rf"^sse-starlette( +{FIGURE}){{7}}$",
                rf"beside the C loop +{BESIDE}",
                rf"beside nginx nchan +{BESIDE}",
                rf"KB of memory for a stream +.*must 5\.0: {VERDICT}",
            ],
        ),
        (
            "broadcast --few 3 --many 5 --rate 5 --frames 2 --rounds 1",
            [
                rf"^sse_board, 5( +{FIGURE}){{7}}$",
                rf"^ms to 3 streams .*must 100\.0: {VERDICT}",
                rf"^to 5 beside the C loop +{BESIDE}",
            ],
        ),
        (
            "critical --streams 5 --rate 5 --frames 2 --rounds 1",
            [rf"^sse_board( +{FIGURE}){{7}}$", rf"^beside the C loop +{BESIDE}"],
        ),
        (
            "streams --streams 5 --seconds 0.5 --frames 1",
            [
                r"every frame: 5 +must 10000: missed",
                rf"idle +{FIGURE} .*must 2\.0: {VERDICT}",
                rf"longest turn, telling +{FIGURE} .*must 10\.0: {VERDICT}",
            ],
        ),
        (
            "handshake --rate 50 --seconds 0.5 --rounds 1",
            [r"^1 rounds of 25 new streams, 50 a second", rf"p99 +{FIGURE} .*must 100\.0: {VERDICT}"],
        ),
        (
            "runs --runs 8 --rate 5 --listeners 2 --seconds 1 --rounds 1",
            [
                r"8 live runs at 5 ticks a second, 2 of them listened to, one web process$",
                rf"^frames a second to listeners( +{FIGURE}){{3}}$",
                rf"^cores: web +{FIGURE} .*must 1\.0: {VERDICT}",
            ],
        ),
        (
            "messages --streams 5 --rate 20 --seconds 0.5 --rounds 1",
            [r"10 messages, 20 a second, to 5 streams: none lost", rf"p99 +{FIGURE} .*must 100\.0: {VERDICT}"],
        ),
        (
            "ranks --players 50 --listeners 3 --rate 20 --seconds 0.5",
            [rf"^web +{FIGURE} → {FIGURE} +-?{FIGURE}$", rf"^valkey +{FIGURE} → {FIGURE} +-?{FIGURE}$"],
        ),
    ],
    ids=lambda value: value.partition(" ")[0] if isinstance(value, str) else "",
)
def test_it_prints_its_figures_and_a_verdict(
    here: Stage,
    arguments: str,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def perform(play: Callable[[Stage], int], _: str = "") -> int:
        return play(here)

    monkeypatch.setattr(f"sse_board.bench.{arguments.partition(' ')[0]}.perform", perform)
    check_printed(arguments, here, said, capsys)


def test_what_is_not_there_is_not_measured_and_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge_beside("beside nothing", [1.0], [], 0.5)
    assert "not measured" in capsys.readouterr().out


def test_frames_are_the_same_however_they_are_packed() -> None:
    """One server sends each frame in its chunk, another two in one, a third none."""
    one, two = b"event: told\ndata: 1", b"event: told\ndata: 2"
    apart = b"15\r\n" + one + b"\n\n\r\n15\r\n" + two + b"\n\n\r\n"
    together = b"2a\r\n" + one + b"\n\n" + two + b"\n\n\r\n"
    beat = b"c\r\nevent: beat\ndata: 0\n\n\r\n"
    bare = one + b"\n\n" + two + b"\n\n"
    assert {tuple(frames_of(read, b"event: told")) for read in (apart, beat + together, bare)} == {(one, two)}
