"""Action keys are derived, tried, rotated and forgotten."""

import hashlib
import hmac

import pytest

from sse_board.accounts.action_keys import derive
from sse_board.web.identity import Identity
from tests.accounts.site import ACTION_KEYS, Player, Site

BODY = b'{"actionId": "1"}'


def sign(secret: str, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def verified(player: Player, signature: str, key_id: str | None = None, site: Site | None = None) -> bool:
    keys = (site or player.site).accounts.action_keys
    return await keys.verify(bearer(player.id), key_id, BODY, signature)


def bearer(user_id: str, action_serial: int = 0) -> Identity:
    return Identity(user_id, "PARTICIPANT", "login", 1, 2**40, action_serial)


def test_the_secret_depends_on_master_user_and_serial() -> None:
    secrets = {derive(key, user, n).secret for key in ACTION_KEYS for user in "ab" for n in (1, 2)}
    assert len(secrets) == 8
    assert derive(ACTION_KEYS[0], "a", 3).id == "a2.3"


async def test_the_key_of_a_registration_signs(site: Site) -> None:
    player = await site.register("signer")
    key = player.data["actionKey"]
    signature = sign(key["secret"])
    assert await verified(player, signature)
    assert await verified(player, signature, key["id"])
    assert not await site.accounts.action_keys.verify(bearer(player.id), None, BODY + b" ", signature)


@pytest.mark.parametrize("key_id", ["a1.1", "a2.2", "zz.1", "a2", "a2.01", "a2.1\n", "", "a2." + "9" * 40])
async def test_another_key_id_does_not_fit(site: Site, key_id: str) -> None:
    player = await site.register()
    assert not await verified(player, sign(player.data["actionKey"]["secret"]), key_id)


async def test_only_lower_case_hex_is_a_signature(site: Site) -> None:
    player = await site.register("hexer")
    signature = sign(player.data["actionKey"]["secret"])
    for wrong in ("", signature.upper(), signature[:-1], signature + "0", f"sha256={signature}", "é" * 64):
        assert not await verified(player, wrong)


async def test_the_keys_of_an_older_master_still_sign(site: Site) -> None:
    player = await site.register("mastered")
    old = derive(ACTION_KEYS[1], player.id, 1)
    assert await verified(player, sign(old.secret))
    assert await verified(player, sign(old.secret), old.id)


async def test_nobody_has_no_key(site: Site) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    key = derive(ACTION_KEYS[0], nobody, 1)
    assert not await site.accounts.action_keys.verify(bearer(nobody), None, BODY, sign(key.secret))


async def test_after_a_rotation_the_old_key_lives_for_a_day(site: Site) -> None:
    player = await site.register("rotator")
    old = player.data["actionKey"]
    assert await verified(player, sign(old["secret"]))
    answer = await player.call("POST", "/api/v1/auth/action-key")
    new = answer.json()["data"]["actionKey"]
    assert (old["id"], new["id"]) == ("a2.1", "a2.2")
    assert await verified(player, sign(new["secret"]), new["id"])
    assert await verified(player, sign(old["secret"]), old["id"])
    before = site.clock.ahead
    site.clock.forward(hours=24, seconds=1)
    assert not await verified(player, sign(old["secret"]))
    assert await verified(player, sign(new["secret"]))
    site.clock.ahead = before


async def test_a_key_rotated_on_another_process_signs_here_at_once(site: Site, other_site: Site) -> None:
    player = await site.register("roamer")
    assert await verified(player, sign(player.data["actionKey"]["secret"]), site=other_site)
    new = (await player.call("POST", "/api/v1/auth/action-key")).json()["data"]["actionKey"]
    assert await verified(player, sign(new["secret"]), new["id"], site=other_site)


async def test_the_serial_in_a_token_saves_the_query(site: Site) -> None:
    """Nobody knows this user: only the token says which key they have."""
    nobody = "00000000-0000-4000-8000-000000000001"
    key = derive(ACTION_KEYS[0], nobody, 7)
    keys = site.accounts.action_keys
    assert await keys.verify(bearer(nobody, 7), None, BODY, sign(key.secret))
    assert not await keys.verify(bearer(nobody, 6), None, BODY, sign(key.secret))


async def test_a_token_that_was_made_before_two_rotations_is_not_believed(site: Site) -> None:
    player = await site.register("impatient")
    first = player.data["actionKey"]
    for _ in range(2):
        await player.call("POST", "/api/v1/auth/action-key")
    assert not await site.accounts.action_keys.verify(bearer(player.id, 1), None, BODY, sign(first["secret"]))
