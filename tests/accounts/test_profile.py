"""What people change of themselves."""

import pytest

from tests.accounts.pictures import data_url, gif, png
from tests.accounts.site import Site, error_of

ME = "/api/v1/auth/me"


async def test_me_shows_my_account(site: Site) -> None:
    player = await site.register("myself")
    user = (await player.call("GET", ME)).json()["data"]["user"]
    assert user["email"] == "myself@example.org"
    assert (user["id"], user["role"], user["timeZone"]) == (player.id, "PARTICIPANT", "UTC")
    assert user["avatarUrl"] is None
    assert user["createdAt"].endswith("Z")


async def test_the_time_zone_changes_without_a_board_commit(site: Site) -> None:
    player = await site.register("mover")
    answer = await player.call("PATCH", ME, json={"timeZone": "Asia/Tokyo"})
    assert answer.json()["data"]["user"]["timeZone"] == "Asia/Tokyo"
    assert player.id not in site.profile_changes


async def test_an_avatar_is_a_board_commit_and_served_for_ever(site: Site) -> None:
    player = await site.register("painter")
    answer = await player.call("PATCH", ME, json={"avatar": data_url(png())})
    url = answer.json()["data"]["user"]["avatarUrl"]
    assert site.profile_changes.count(player.id) == 1
    async with site.client() as client:
        picture = await client.get(url)
        assert picture.content == png()
        assert picture.headers["content-type"] == "image/png"
        assert picture.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in picture.headers["cache-control"]
        again = await client.get(url, headers={"if-none-match": picture.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        bare = await client.get(url.partition("?")[0])
        assert bare.headers["cache-control"] == "public, no-cache"


async def test_another_avatar_has_another_address_and_null_removes_it(site: Site) -> None:
    player = await site.register("repainter")
    first, second, none = [
        (await player.call("PATCH", ME, json={"avatar": avatar})).json()["data"]["user"]["avatarUrl"]
        for avatar in (data_url(png()), data_url(gif()), None)
    ]
    assert first != second
    assert none is None
    async with site.client() as client:
        assert error_of(await client.get(first)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"avatar": "nonsense"}, "avatar"),
        ({"avatar": data_url(b"<svg/>", "image/svg+xml")}, "avatar"),
        ({"avatar": 5}, "avatar"),
        ({"timeZone": ""}, "timeZone"),
        ({"timeZone": None}, "timeZone"),
        ({"password": "short"}, "password"),
        ({"password": ""}, "password"),
        ({"username": "other"}, "username"),
    ],
)
async def test_a_wrong_field_is_named_and_changes_nothing(site: Site, body: dict[str, object], field: str) -> None:
    player = await site.register()
    answer = await player.call("PATCH", ME, json=body)
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert field in str(answer.json()["error"]["details"])


async def test_a_new_password_ends_the_other_logins(site: Site) -> None:
    player = await site.register("careful")
    other = await player.log_in()
    assert (await player.call("PATCH", ME, json={"password": "another secret"})).status_code == 200
    assert (await other.call("GET", ME)).status_code == 401
    assert (await player.call("GET", ME)).status_code == 200
    assert (await player.refresh()).status_code == 200
    assert await player.log_in("another secret")
    with pytest.raises(AssertionError):
        await player.log_in()
