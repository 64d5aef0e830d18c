"""Addresses that only take forms, and who opens one by itself."""

import uuid

import httpx
import pytest

from tests.support.refusals import refusal_of


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/logout", "/"),
        ("/me/preferences", "/me"),
        (f"/me/notifications/{uuid.UUID(int=1)}/read", "/me"),
        (f"/tournaments/{uuid.UUID(int=1)}/register", f"/tournaments/{uuid.UUID(int=1)}"),
        (f"/tournaments/{uuid.UUID(int=1)}/desk/add", f"/tournaments/{uuid.UUID(int=1)}/desk"),
        ("/admin/call-off", "/admin"),
    ],
)
def test_the_address_of_a_form_leads_people_to_its_page(http: httpx.Client, form: str, page: str) -> None:
    """A form that was refused stands there: its address is reloaded, kept and shared."""
    led = http.get(form, headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, page)
    assert refusal_of(http.get(form)).kind == (405, "METHOD_NOT_ALLOWED"), "programs are told the method"
