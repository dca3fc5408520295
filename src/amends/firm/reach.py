"""Whose rows the database may show to the code that runs now: nobody's, one firm's, or all (`scope` sets it).

Apart from `scope`, and without models, because the database backend needs it before Django's models are there.
"""

from __future__ import annotations

from contextvars import ContextVar

ALL = "0"  # no firm has this key
NOBODY = ""
current: ContextVar[int | None] = ContextVar("firm", default=None)
everybody: ContextVar[bool] = ContextVar("everybody", default=False)


def reach() -> str:
    """What PostgreSQL's setting `amends.firm` must be while this code runs."""
    if everybody.get():
        return ALL
    firm = current.get()
    return NOBODY if firm is None else str(firm)
