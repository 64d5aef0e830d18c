"""What a username, an address, a password and a time zone may be. Pure; every refusal names its field."""

import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sse_board.errors import InvalidRequest
from sse_board.web.identity import ROLES, Role

#: Readable from 10 m on a board, and still a name: characters.
USERNAME_LENGTH = (3, 30)
#: RFC 5321 §4.5.3.1.3 leaves 254 for an address in a mail transaction: characters.
EMAIL_LENGTH = 254
#: NIST SP 800-63B asks for at least 8; more than 128 only makes work for the hash: characters.
PASSWORD_LENGTH = (8, 128)
#: So many characters compose into one at the most: a Greek letter with three marks.
COMPOSED = 4
#: Vowel and tone signs may stand on one letter in some scripts; more is a prank: marks in a row.
MARKS_IN_A_ROW = 3

_PUNCTUATION = "_-. "
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
#: Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point).
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@.<>,;\"]+(\.[^\s@.<>,;\"]+)+")
_ZONE = re.compile(r"(?!right/|posix/|localtime)[A-Za-z][A-Za-z0-9_+/-]{0,63}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewUser:
    """A registration whose every field was checked; the keys are what uniqueness is judged by."""

    username: str
    username_key: str
    email: str
    email_key: str
    password: str
    time_zone: str


def new_user(username: str, email: str, password: str, time_zone: str) -> NewUser:
    """Raises InvalidRequest whose details name every wrong field."""
    checks = Checks()
    name = checks.field("username", check_username, username)
    address = checks.field("email", check_email, email)
    secret = checks.field("password", check_password, password)
    zone = checks.field("timeZone", check_time_zone, time_zone)
    checks.finish()
    return NewUser(name, name_key(name), address, name_key(address), secret, zone)


class Checks:
    """Collects what is wrong, so that a form is told of all its errors at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def field(self, name: str, check: Callable[[Any], T], value: Any) -> T:
        """The checked value; after a refusal a stand-in that `finish` never lets out."""
        try:
            return check(value)
        except ValueError as error:
            self.errors[name] = str(error)
            return value  # type: ignore[no-any-return]

    def finish(self) -> None:
        if self.errors:
            raise InvalidRequest(" ".join(self.errors.values()), details=self.errors)


def name_key(name: str) -> str:
    """Two names with one key are one name: case, width and composition do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _composed(raw: str, longest: int) -> str:
    """In NFKC, without space around it. What is too long for that in any case stays as it is and is refused by
    whoever looks at the length: normalising a long row of marks takes seconds, in which nobody else is served."""
    text = raw.strip()
    return text if len(text) > COMPOSED * longest else unicodedata.normalize("NFKC", text).strip()


def check_username(raw: str) -> str:
    """The name in NFKC, without space around it. Raises ValueError."""
    low, high = USERNAME_LENGTH
    name = _composed(raw, high)
    if not low <= len(name) <= high:
        raise ValueError(f"The username must have {low} to {high} characters.")
    if not all(_is_name_character(character) for character in name) or INVISIBLE.search(name):
        raise ValueError("The username may have letters, digits, and _ - . or a space inside.")
    if _is_badly_shaped(name):
        raise ValueError("The username must begin and end with a letter, a digit or _, without double spaces.")
    if sum(any(unicodedata.name(c, "").startswith(script) for c in name) for script in _SCRIPTS) > 1:
        raise ValueError("The username must not mix scripts whose letters look alike.")
    return name


def _is_name_character(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character) in (
        *("Lu", "Ll", "Lt", "Lm", "Lo"),
        *("Mn", "Mc", "Nd", "Nl"),
    )


def _is_badly_shaped(name: str) -> bool:
    kinds = "".join(unicodedata.category(character)[0] for character in name)
    return (
        name[0] in "-. "
        or name[-1] in "-. "
        or kinds[0] == "M"
        or "  " in name
        or "M" * (MARKS_IN_A_ROW + 1) in kinds
        or not ("L" in kinds or "N" in kinds)
    )


def check_email(raw: str) -> str:
    email = _composed(raw, EMAIL_LENGTH)
    printable = all(unicodedata.category(character)[0] not in "CZ" for character in email)
    if len(email) > EMAIL_LENGTH or not printable or not _EMAIL.fullmatch(email):
        raise ValueError(
            f"The email must be an address such as name@example.org, at most {EMAIL_LENGTH} characters."
        )
    return email


def check_password(raw: str) -> str:
    low, high = PASSWORD_LENGTH
    if not low <= len(raw) <= high:
        raise ValueError(f"The password must have {low} to {high} characters.")
    return raw


def check_time_zone(raw: str) -> str:
    try:
        if not _ZONE.fullmatch(raw):
            raise ValueError
        return zoneinfo.ZoneInfo(raw).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("The time zone must be a name such as Europe/Berlin.") from None


def check_role(raw: str) -> Role:
    for role in ROLES:
        if raw == role:
            return role
    raise ValueError(f"The role must be one of {', '.join(ROLES)}.")
