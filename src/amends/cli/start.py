"""What a command that needs the firm's rows does first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from amends.core.errors import AmendsError
from amends.core.unreachable import unreachable

if TYPE_CHECKING:
    from amends.firm.models import Firm


class CannotStart(AmendsError):
    """The settings or the database do not work."""


class NoFirmYet(AmendsError):
    """The home is empty."""


class WhichFirm(AmendsError):
    """There are several firms, or none of that name."""


def now() -> datetime:
    """The clock of the command line."""
    return datetime.now(UTC)


def open_home(*, quiet: bool = False, if_new: Callable[[], None] = lambda: None) -> None:
    """Start Django and bring the database up to date, saying so where that is more than a glance.

    `if_new` is called before an empty database is prepared, which takes about a second.
    """
    open_settings()
    from django.conf import settings
    from django.db import DatabaseError

    from amends.cli.migrate import migrate_if_needed
    from amends.flows.keep.lock import hold

    hold(settings.HOME.resolve())  # no restore may replace it from now on

    try:
        migrate_if_needed(say=None if quiet else lambda line: click.echo(line, err=True), if_new=if_new)
    except DatabaseError as error:
        message = f"The database cannot be used: {_first_line(error)}. Look at AMENDS_HOME and AMENDS_DATABASE_URL."
        raise CannotStart(unreachable(error, settings.DATABASES["default"]) or message) from error


def open_settings() -> None:
    """Start Django; raises `CannotStart` where the settings are wrong."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
    try:
        django.setup()
    except (ImproperlyConfigured, OSError, ValueError) as error:
        message = f"The settings do not work: {_first_line(error)}. See docs/reference/settings.md."
        raise CannotStart(message) from error


def refuse_errors() -> None:
    """Stop before serving where a numbered check finds an error; raises `CannotStart`."""
    from django.core.checks import ERROR, run_checks

    for problem in run_checks(databases=["default"]):
        if problem.level >= ERROR:
            message = f"{problem.id}: {problem.msg} {problem.hint or ''}".strip()
            raise CannotStart(message)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


@contextmanager
def in_firm(name: str | None) -> Iterator[Firm]:
    """Enter the scope of the named firm, or of the only one. Raises `NoFirmYet` or `WhichFirm`."""
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope

    firms = list(Firm.objects.order_by("name"))
    if not firms:
        message = "Nothing is here yet. Bring mail in with: amends import PATH"
        raise NoFirmYet(message)
    if name is None and len(firms) > 1:
        message = "There are several firms; say which with --firm: " + ", ".join(firm.name for firm in firms)
        raise WhichFirm(message)
    firm = next((firm for firm in firms if name is None or firm.name == name), None)
    if firm is None:
        message = f"There is no firm called {name!r}. There are: " + ", ".join(firm.name for firm in firms)
        raise WhichFirm(message)
    with firm_scope(firm):
        yield firm
