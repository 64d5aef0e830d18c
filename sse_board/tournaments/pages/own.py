"""A fragment that is the same for everybody, marked for its reader. Pure."""

import re

from markupsafe import Markup


def marked(fragment: Markup, user_id: str | None) -> Markup:
    """With `data-own` on the rows and games of that user, as tournament.js does after a swap."""
    if user_id is None:
        return fragment
    own = re.compile(rf' data-(?:user="{re.escape(user_id)}"|players="[^"]*{re.escape(user_id)}[^"]*")')
    return Markup(own.sub(lambda found: found[0] + " data-own", fragment))  # noqa: S704  # only what we rendered
