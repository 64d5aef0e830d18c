"""Names, addresses, passwords, time zones."""

import time
import unicodedata
from collections.abc import Callable

import pytest

from sse_board.accounts.failures import network_of
from sse_board.accounts.rules import (
    check_email,
    check_password,
    check_role,
    check_time_zone,
    check_username,
    name_key,
    new_user,
)
from sse_board.errors import InvalidRequest
from sse_board.web.origins import safe_next


@pytest.mark.parametrize(
    "name", ["ada", "Ada Lovelace", "j.r-r_t", "Łukasz", "Мария", "小明明", "นักเรียน", "0x0", "_a_", "a" * 30]
)
def test_a_readable_name_is_taken_as_it_is(name: str) -> None:
    assert check_username(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ab",
            "a" * 31,
            "",
            "   ",
            "a\nb c",
            "a\u200bdam",
            "a\u202edam",
            "ada\u3164",
            "a\u00addam",
            "a\x00b",
        ),
        *("-ada", "ada.", "a  b", "...", "a@b", "<b>x", "\u0301ada", "a\u0338\u0338\u0338\u0338da", "😀😀😀"),
        *("p\u0430ypal", "\u0391da"),
    ],
)
def test_a_name_that_hides_or_confuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="username"):
        check_username(name)


@pytest.mark.parametrize("check", [check_username, check_email])
def test_a_long_row_of_marks_is_refused_without_being_sorted(check: Callable[[str], str]) -> None:
    """Normalising 64 KiB of marks in alternating order once took a second, in which nobody else was served."""
    started = time.process_time()
    with pytest.raises(ValueError, match="characters"):
        check("\u0315\u0300" * 16_000)
    assert time.process_time() - started < 0.1


def test_a_name_may_be_written_in_four_pieces_a_letter() -> None:
    name = "\u1f82" * 30
    assert check_username(unicodedata.normalize("NFD", name)) == name


def test_full_width_letters_are_the_plain_ones() -> None:
    assert check_username("\uff21\uff44\uff41") == "Ada"


@pytest.mark.parametrize(("one", "other"), [("Ada", "ADA"), ("straße", "STRASSE"), ("é", "e\u0301")])
def test_names_that_differ_in_case_or_composition_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("email", ["a@b.co", "first.last+tag@sub.example.org", "ü@bücher.example"])
def test_an_address_is_taken(email: str) -> None:
    assert check_email(email) == email


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@b", "a@@b.co", "a b@c.de", "a@b..c", f"{'a' * 250}@b.co", "a@b.co\n x", "a\x00@b.co"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValueError, match="email"):
        check_email(email)


def test_passwords_have_8_to_128_characters() -> None:
    assert check_password("x" * 8)
    assert check_password("ж" * 128)
    for wrong in ("x" * 7, "x" * 129):
        with pytest.raises(ValueError, match="8 to 128"):
            check_password(wrong)


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../etc/passwd", "right/UTC", "localtime", "America", "a" * 99]
)
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        check_time_zone(zone)


def test_known_time_zones_and_roles_are_taken() -> None:
    assert check_time_zone("America/Argentina/Ushuaia")
    assert check_time_zone("UTC") == "UTC"
    assert check_role("ORGANIZER") == "ORGANIZER"
    with pytest.raises(ValueError, match="ADMIN"):
        check_role("admin")


def test_a_registration_names_every_wrong_field() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        new_user("a", "b", "c", "d")
    assert set(refusal.value.details or ()) == {"username", "email", "password", "timeZone"}


@pytest.mark.parametrize(("raw", "target"), [("/me", "/me"), ("/boards/a?limit=5", "/boards/a?limit=5")])
def test_a_login_leads_to_a_page_of_this_site(raw: str, target: str) -> None:
    assert safe_next(raw) == target


@pytest.mark.parametrize(
    "raw",
    ["", "me", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/a\r\nb"],
)
def test_a_login_never_leads_elsewhere(raw: str) -> None:
    assert safe_next(raw) == "/"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::2", "2001:db8::/64"),
        ("", ""),
    ],
)
def test_failed_logins_count_per_network_that_one_guesser_has(address: str, network: str) -> None:
    assert network_of(address) == network
