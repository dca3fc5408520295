"""`amends corrections`: what people taught, as data to learn from elsewhere."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from amends.cli.shown import counted
from amends.cli.start import in_firm, now, open_home
from amends.core.errors import AmendsError

_PRIVATE = 0o600  # clients' words are for whoever asked for them, not for everybody on the machine


class CannotWrite(AmendsError):
    """The file is there already, or its folder is not to be written."""


@click.group("corrections")
def corrections_command() -> None:
    """What people corrected: give it out as data to learn from."""


@corrections_command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--consent", is_flag=True, help="Agree that sentences of clients are written into FILE, in clear.")
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
def export_command(file: Path, firm: str | None, *, consent: bool) -> None:
    """Write every correction into FILE, one JSON object a line: text, kind_said, kind_right, at, sure.

    An empty kind_said: something was missed; an empty kind_right: nothing was there. Where `sure` is false, somebody
    said "not an issue" without saying that it was misread. FILE must not exist yet; nothing is sent to anybody.
    """
    open_home(quiet=True)
    from django.db import transaction

    from amends.flows.teach import NoConsent, take_lessons
    from amends.mail.queries import SYSTEM

    with in_firm(firm), transaction.atomic():  # what could not be written was not taken out
        try:
            given = take_lessons(SYSTEM, consent=consent, now=now())
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE), "w", encoding="utf-8") as out:
                count = sum(bool(out.write(f"{json.dumps(one._asdict(), ensure_ascii=False)}\n")) for one in given)
        except NoConsent as error:
            message = (
                "This writes sentences of your clients, in clear, into {} and sends them to nobody: add --consent."
            )
            raise NoConsent(message.format(file)) from error
        except FileExistsError as error:
            raise CannotWrite(f"{file} is there already: choose another name.") from error
        except OSError as error:
            raise CannotWrite(f"{file} cannot be written ({error.strerror}): choose another place.") from error
    click.echo(f"{counted(count, 'correction')} written to {file}.")
