"""`amends brief`: the brief of a recovery, as Markdown, HTML or PDF; kept as somebody wrote it, and sent."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from amends.cli import sending
from amends.cli.named import doer, firm_option, json_option, recovery_called, who_option
from amends.cli.start import in_firm, now, open_home
from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from amends.insights.recovery.brief_page import BriefPage


class NotForTheScreen(AmendsError):
    """A PDF was about to be written to a terminal."""


class OneThing(AmendsError):
    """Several things were asked for that cannot be done at once."""


@click.command("brief")
@click.argument("recovery")
@click.option("--for", "whom", type=click.Choice(["client", "team"]), default="client", show_default=True)
@click.option("--format", "form", type=click.Choice(["md", "html", "pdf"]), default="md", show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there, not to the screen.")
@click.option("--keep", type=click.File(), default=None, metavar="FILE", help="Keep this Markdown (- for input) as it.")
@click.option("--anew", is_flag=True, help="Give up what somebody edited: it writes itself again.")
@click.option("--stands", is_flag=True, help="What was edited stands, although findings moved on.")
@click.option("--send-to", "to", multiple=True, metavar="ADDRESS", help="Send it to this person (repeatable).")
@click.option("--words", default="", help="Your words above it, where it is sent.")
@click.option("--no-pdf", is_flag=True, help="Send it without the PDF beside it.")
@sending.seen_option
@json_option
@who_option
@firm_option
def brief_command(
    recovery: str, whom: str, form: str, out: Path | None, keep: TextIO | None, to: tuple[str, ...],
    words: str, who: str | None, firm: str | None, *, anew: bool, stands: bool, no_pdf: bool, seen: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Print the brief of a RECOVERY: its id, or the name of a client that has one open.

    What somebody edited is printed as they left it; else the brief writes itself from the findings. With --json what
    is printed is an object that says too whether it was edited, and whether findings moved on since.
    """
    if sum([keep is not None, anew, stands, bool(to)]) > 1:
        raise OneThing("One thing at a time: --keep, --anew, --stands or --send-to.")
    if to and whom == "team":
        raise OneThing("The team's version goes to nobody: send the client's.")
    if form == "pdf" and out is None and (sys.stdout.isatty() or as_json):
        raise NotForTheScreen("A PDF is nothing for the screen: add -o brief.pdf.")
    open_home(quiet=True)
    from amends.insights.recovery.brief_page import brief_page
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about = recovery_called(recovery)
        if to:
            _send(about, to, words, with_pdf=not no_pdf, seen=seen, who=who, as_json=as_json)
            return
        _change(about, whom, keep.read() if keep else None, who, anew=anew, stands=stands)
        found = brief_page(SYSTEM, about, whom)
    if as_json:
        _tell(found)
    else:
        _write(found, form, out)


def _change(about: uuid.UUID, whom: str, text: str | None, who: str | None, *, anew: bool, stands: bool) -> None:
    from amends.flows.recovery import briefs
    from amends.insights.recovery.brief_page import brief_page
    from amends.mail.queries import SYSTEM

    if text is not None or anew:
        briefs.put(SYSTEM, about, whom, text, version=None, by=doer(who), now=now())
    elif stands:
        version = brief_page(SYSTEM, about, whom).version
        briefs.let_stand(SYSTEM, about, whom, version=version, now=now())


def _send(
    about: uuid.UUID, to: tuple[str, ...], words: str, *, with_pdf: bool, seen: bool, who: str | None, as_json: bool
) -> None:
    from amends.core.ids import uuid7
    from amends.flows.recovery.briefs import send_brief
    from amends.flows.recovery.mailing import Mailing
    from amends.mail.queries import SYSTEM

    by, at, key = doer(who), now(), uuid7()
    draft = sending.send(
        lambda marks: send_brief(SYSTEM, about, Mailing(key, to, words, marks), with_pdf=with_pdf, by=by, now=at),
        seen=seen,
    )
    sending.told(draft, as_json=as_json)


def _tell(found: BriefPage) -> None:
    import json

    told = {
        "recovery": str(found.recovery.public_id), "for": found.whom, "text": found.text, "version": found.version,
        "edited": found.edited is not None, "moved_on": found.moved,
        "sent": found.draft.state if found.draft else None,
    }  # fmt: skip
    click.echo(json.dumps(told, ensure_ascii=False))


def _write(found: BriefPage, form: str, out: Path | None) -> None:
    from amends.insights.recovery import pdf

    if form == "pdf":
        made = pdf.pdf(found.text, found.sheet)
    else:
        made = (found.text if form == "md" else pdf.page(found.text, found.sheet)).encode()
    if out is not None:
        out.write_bytes(made)
        click.echo(f"{out}: {len(made):,} bytes.", err=True)
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
