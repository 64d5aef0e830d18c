"""What the forms of `/me` send, as the accounts and the notifications take it."""

from collections.abc import Mapping

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sse_board.accounts.images import recognise
from sse_board.accounts.profile import Changes
from sse_board.accounts.rules import Checks, check_password, check_time_zone
from sse_board.errors import InvalidRequest
from sse_board.notifications.preferences import DEFAULTS


def preferences_of(form: Mapping[str, str]) -> dict[str, bool]:
    """All of them: a box that is not ticked is not sent."""
    return {name: name in form for name in DEFAULTS}


def time_zone_of(form: Mapping[str, str]) -> Changes:
    """Raises InvalidRequest."""
    checks = Checks()
    zone = checks.field("timeZone", check_time_zone, form.get("timeZone", ""))
    checks.finish()
    return Changes(time_zone=zone)


def password_of(form: Mapping[str, str]) -> Changes:
    """Raises InvalidRequest."""
    checks = Checks()
    password = checks.field("password", check_password, form.get("password", ""))
    checks.finish()
    return Changes(password=password)


async def avatar_of(request: Request) -> Changes:
    """A picture that was uploaded, or its removal where the button for that was pressed. Raises InvalidRequest."""
    async with request.form(max_files=1, max_fields=5) as form:
        if "remove" in form:
            return Changes(sets_avatar=True)
        upload = form.get("avatar")
        if not isinstance(upload, UploadFile) or not upload.size:
            raise InvalidRequest("There is no picture.", details={"avatar": "Choose a picture first."})
        image = await upload.read()
    checks = Checks()
    picture = checks.field("avatar", recognise, image)
    checks.finish()
    return Changes(sets_avatar=True, picture=picture)
