"""Cursors: the key that a page ended with, as one word.

They are not signed: whoever makes one up only begins elsewhere in what their token may read anyway.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date, datetime
from typing import Any

from amends.api.problems import Trouble
from amends.insights.lists.paging import Key

LONGEST = 200


def cursor_of(key: Key | None) -> str | None:
    """A page's key as a word; None at the end of a list."""
    if key is None:
        return None
    text = json.dumps([_plain(value) for value in key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def key_of(cursor: str | None, *kinds: type) -> Key | None:
    """The key of a word, of values of these types; a word that no page gave is a problem 422."""
    if not cursor:
        return None
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        message = "This cursor was given by no page of this list: begin again without one."
        raise Trouble(422, "invalid-cursor", message) from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(value: Any, kind: type) -> Any:
    if kind is int:
        if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
            raise ValueError
        return value
    if not isinstance(value, str):
        raise ValueError
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not 1 < moment.year < 9999:
            raise ValueError
        return moment
    return date.fromisoformat(value)
