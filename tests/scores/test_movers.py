"""Who moved a board last, where it is certain."""

from sse_board.scores.movers import Move, Movers
from sse_board.version import Version


def at(seq: int) -> Version:
    return Version(1, seq)


def test_one_user_between_two_versions_is_the_mover() -> None:
    movers = Movers()
    movers.changed("board", at(1), ["ada"])
    assert movers.all().get("board") is None, "what was before the first hint is unknown"
    movers.changed("board", at(2), ["bob"])
    assert movers.all().get("board") == Move(at(1), at(2), "bob")


def test_the_same_user_again_is_one_move() -> None:
    movers = Movers()
    for seq, users in ((1, ["ada"]), (2, ["bob"]), (3, ["bob"])):
        movers.changed("board", at(seq), users)
    assert movers.all().get("board") == Move(at(1), at(3), "bob")


def test_several_at_once_or_nobody_knows_who_is_no_move() -> None:
    for users in (["ada", "bob"], [], None):
        movers = Movers()
        movers.changed("board", at(1), ["ada"])
        movers.changed("board", at(2), users)
        assert movers.all().get("board") is None


def test_a_late_hint_says_nothing() -> None:
    movers = Movers()
    for seq, user in ((1, "ada"), (3, "bob"), (2, "eve")):
        movers.changed("board", at(seq), [user])
    assert movers.all().get("board") == Move(at(1), at(3), "bob")


def test_boards_are_told_apart() -> None:
    movers = Movers()
    movers.changed("one", at(1), ["ada"])
    movers.changed("other", at(2), ["bob"])
    assert movers.all().get("one") is None
    assert movers.all().get("other") is None
