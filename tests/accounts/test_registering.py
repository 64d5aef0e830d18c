"""Registering."""

import asyncio

import pytest

from tests.accounts.site import Site, error_of, registration

REGISTER = "/api/v1/auth/register"


async def test_registering_answers_with_everything_a_client_needs(site: Site) -> None:
    async with site.client() as client:
        answer = await client.post(REGISTER, json=registration("Ada", timeZone="Europe/London"))
    data = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert set(data) == {"user", "accessToken", "expiresIn", "refreshToken", "actionKey"}
    assert data["user"] == {"id": data["user"]["id"], "username": "Ada", "role": "PARTICIPANT"}
    assert data["expiresIn"] == 900
    assert set(data["actionKey"]) == {"id", "secret"}


@pytest.mark.parametrize(
    ("name", "changes", "fields"),
    [
        ("TAKEN", {"email": "free@example.org"}, {"username"}),
        ("notyet", {"email": "Taken@Example.org"}, {"email"}),
        ("taken", {}, {"username", "email"}),
    ],
)
async def test_a_taken_field_is_named(site: Site, name: str, changes: dict[str, str], fields: set[str]) -> None:
    async with site.client() as client:
        await client.post(REGISTER, json=registration("taken"))
        answer = await client.post(REGISTER, json=registration(name, **changes))
    assert error_of(answer) == (409, "CONFLICT")
    assert set(answer.json()["error"]["details"]) == fields


async def test_of_two_who_want_one_name_at_once_one_gets_it(site: Site, other_site: Site) -> None:
    clients = [place.client() for place in (site, other_site) * 4]
    bodies = [registration("wanted", email=f"w{n}@example.org") for n in range(8)]
    answers = await asyncio.gather(
        *(client.post(REGISTER, json=body) for client, body in zip(clients, bodies, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert all(
        set(answer.json()["error"]["details"]) == {"username"} for answer in answers if answer.status_code == 409
    )


async def test_all_wrong_fields_are_named_at_once(site: Site) -> None:
    async with site.client() as client:
        answer = await client.post(REGISTER, json={"username": "x", "email": "x", "password": "x"})
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert set(answer.json()["error"]["details"]) == {"username", "email", "password"}


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"username": 5}', '{"username": "\\u0000ab"}', '{"username":"\\ud800ab"}']
)
async def test_what_is_no_registration_is_refused(site: Site, body: str) -> None:
    async with site.client() as client:
        answer = await client.post(REGISTER, content=body, headers={"content-type": "application/json"})
    assert error_of(answer) == (400, "INVALID_REQUEST")
