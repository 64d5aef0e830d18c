"""Finishing a run: what must be so, what is flagged, and what is not held against the player."""

import asyncio
from typing import Any

import pytest

from tests.sessions.conftest import Site, start, tell
from tests.support.clients import Api, Player, data_of, error_of, eventually, parse

GOOD = {"wpm": 60, "accuracy": 95}
TOLD: dict[str, Any] = {"currentWpm": 61, "currentAccuracy": 95}


async def old_run(site: Site, player: Player, **told: Any) -> str:
    """A run that may be finished as far as its age goes."""
    run = await start(player)
    site.age(run, 30)
    if told:
        await tell(player, run, **told)
    return run


async def refusal(player: Player, run: str, claim: dict[str, Any]) -> dict[str, str]:
    """What the refusal of a finish names."""
    answer = await player.act("typing_complete", {**claim, "sessionId": run})
    assert error_of(answer) == (400, "INVALID_ACTION")
    details: dict[str, str] = parse(answer.content)["error"]["details"]
    return details


async def flagged(site: Site, player: Player) -> list[tuple[str, str | None, Any]]:
    found: list[tuple[str, str | None, Any]] = await eventually(lambda: site.flags(player))
    return found


async def test_a_claim_that_agrees_is_scored_and_not_flagged(site: Site, other: Api, player: Player) -> None:
    run = await old_run(site, player, **TOLD)
    done = data_of(await player.act("typing_complete", {**GOOD, "sessionId": run}, api=other))
    assert done["newScore"] == 60
    assert site.open_runs(player) == []
    ended = data_of(await player.request("POST", f"/api/v1/sessions/{run}/end"))
    assert ended["scored"] is True
    assert site.flags(player) == []


async def test_a_claim_that_does_not_agree_is_refused_flagged_and_may_be_made_again(
    site: Site, player: Player
) -> None:
    run = await old_run(site, player, **TOLD)
    assert await refusal(player, run, {**GOOD, "wpm": 68}) == {"wpm": "is 68, but `currentWpm` was 61"}
    (kind, action, details), *more = await flagged(site, player)
    assert (kind, action, more) == ("run_mismatch", None, [])
    assert details["sessionId"] == run
    assert details["refused"] == {"wpm": "is 68, but `currentWpm` was 61"}
    assert site.open_runs(player) == [run]
    data_of(await player.act("typing_complete", {**GOOD, "sessionId": run}))


async def test_who_tries_again_and_again_is_flagged_once(site: Site, player: Player) -> None:
    runs = [await old_run(site, player, **TOLD) for _ in range(2)]
    for run in [*runs, *runs]:
        await refusal(player, run, {**GOOD, "accuracy": 50})
    await flagged(site, player)
    await asyncio.gather(*(refusal(player, run, {**GOOD, "wpm": 300}) for run in runs))
    stranger = await player.api.register()
    await refusal(stranger, runs[0], GOOD)
    assert [kind for kind, *_ in await flagged(site, stranger)] == ["run_refused"]
    assert [kind for kind, *_ in site.flags(player)] == ["run_mismatch"], "written before the stranger's"


@pytest.mark.parametrize("told", [{}, TOLD])
async def test_without_progress_in_the_last_minute_it_is_refused(
    site: Site, player: Player, told: dict[str, Any]
) -> None:
    run = await old_run(site, player, **told)
    site.age(run, 61)
    assert await refusal(player, run, GOOD) == {"sessionId": "had no progress in the last 60 seconds"}
    assert [kind for kind, *_ in await flagged(site, player)] == ["run_mismatch"]
    await tell(player, run, **TOLD)
    data_of(await player.act("typing_complete", {**GOOD, "sessionId": run}))


async def test_what_redis_lost_is_not_held_against_the_player_but_flagged(site: Site, player: Player) -> None:
    run = await old_run(site, player, **TOLD)
    site.forget(run)
    await eventually(lambda: site.redis.exists(f"sse_board:run:{run}") == 0)
    data_of(await player.act("typing_complete", {**GOOD, "wpm": 200, "sessionId": run}, action_id="lost"))
    (kind, action, details), *more = await flagged(site, player)
    assert (kind, action, more) == ("run_unverified", "lost", [])
    assert details == {"sessionId": run}


async def test_what_is_told_after_a_loss_counts_again(site: Site, player: Player) -> None:
    run = await old_run(site, player, **TOLD)
    site.forget(run)
    await tell(player, run, **TOLD)
    assert list(await refusal(player, run, {**GOOD, "wpm": 200})) == ["wpm"]
    data_of(await player.act("typing_complete", {**GOOD, "sessionId": run}))


async def test_actions_without_a_run_are_as_ever(player: Player) -> None:
    claim = {"wpm": 60, "sessionId": "00000000-0000-4000-8000-000000000000"}
    assert data_of(await player.act("task_finish", claim))["newScore"] == 10
