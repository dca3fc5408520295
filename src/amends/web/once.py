"""What is shown once: a link or codes that were just made, carried sealed to the next page and forgotten there."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from amends.firm.secrets import CannotUnseal, seal, unseal

_PURPOSE = "shown once"


def keep(request: HttpRequest, name: str, value: Any) -> None:
    """Carry `value` (anything that JSON takes) to the next page."""
    request.session[name] = seal(json.dumps(value), purpose=_PURPOSE)


def look(request: HttpRequest, name: str) -> Any:
    """What was kept under this name and still is; None where nothing was."""
    try:
        return json.loads(unseal(request.session[name], purpose=_PURPOSE))
    except (KeyError, CannotUnseal):
        return None


def take(request: HttpRequest, name: str) -> Any:
    """The same, and forget it."""
    found = look(request, name)
    request.session.pop(name, None)
    return found
