"""`amends recovery call`: calls, their notes, and what becomes of these."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, TextIO

import click

from amends.cli import sending
from amends.cli.named import NotFound, doer, doing, member_called, point_called, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.group import recovery_command
from amends.cli.recovery.told import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.recovery.models import Call, Note

_KIND = click.Choice(["note", "point", "promise", "wanted", "before", "after", "feeling"])


@recovery_command.group("call")
def call_group() -> None:
    """Begin and end a call, take notes, and make promises and points of them. CALL is its id, or `last`."""


@call_group.command("list")
@click.argument("recovery")
@shared
def list_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """The calls of a recovery, the newest first."""
    open_home(quiet=True)
    from amends.insights.recovery.call import calls_of
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        _, calls = calls_of(SYSTEM, recovery_called(recovery))
        told.several(calls, _call, _line, as_json=as_json, nothing="No call was held.")


def _line(one: Call) -> str:
    ended = f"ended {one.ended_at:%H:%M}" if one.ended_at else "is being held"
    return f"{one.public_id}  {one.began_at:%Y-%m-%d %H:%M} UTC, {ended}"


@call_group.command("show")
@click.argument("recovery")
@click.argument("call", default="last")
@shared
def show_command(recovery: str, call: str, firm: str | None, *, as_json: bool) -> None:
    """Everybody's notes of a call, and the promises that were heard in them."""
    open_home(quiet=True)
    with in_firm(firm):
        _show(*_called(recovery, call), as_json=as_json)


@call_group.command("begin")
@click.argument("recovery")
@doing
def begin_command(recovery: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Begin a call, or take part in the one that is being held."""
    open_home(quiet=True)
    from amends.flows.recovery.calls import begin
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about = recovery_called(recovery)
        made = begin(SYSTEM, about, by=doer(who), now=now())
        _show(about, made.public_id, as_json=as_json)


@call_group.command("end")
@click.argument("recovery")
@click.argument("call", default="last")
@doing
def end_command(recovery: str, call: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """End a call: with it the client has been answered."""
    open_home(quiet=True)
    from amends.flows.recovery.calls import end
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about, number = _called(recovery, call)
        end(SYSTEM, about, number, by=doer(who), now=now())
        _show(about, number, as_json=as_json)


@call_group.command("note")
@click.argument("recovery")
@click.argument("text")
@click.option("--call", default="last", show_default=True, metavar="CALL")
@click.option("--kind", type=_KIND, default="note", show_default=True,
              help="before, after: the mood from 1 (furious) to 5 (warm).")  # fmt: skip
@click.option("--issue", default=None, metavar="ISSUE", help="The point that it stands beside.")
@doing
def note_command(
    recovery: str, text: str, call: str, kind: str, issue: str | None, firm: str | None, who: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Write a note of a call down."""
    open_home(quiet=True)
    from amends.core.ids import uuid7
    from amends.flows.recovery import given
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about, number = _called(recovery, call)
        beside = point_called(about, issue) if issue else None
        noted = given.Noted(text, kind=kind, issue=beside)
        given.take_note(SYSTEM, about, number, noted, key=uuid7(), firm=found, by=doer(who), now=now())
        _show(about, number, as_json=as_json)


@call_group.command("promise")
@click.argument("recovery")
@click.argument("note", type=click.UUID)
@click.option("--due", default="", metavar="DAY", help='By when: 2026-03-19, or "Thursday".')
@click.option("--text", default="", help="What we do; else the words of the note.")
@click.option("--owner", default=None, metavar="ADDRESS", help="Who keeps it; else whoever does this.")
@click.option("--call", default="last", show_default=True, metavar="CALL")
@doing
def promise_command(
    recovery: str, note: uuid.UUID, due: str, text: str, owner: str | None, call: str, firm: str | None,
    who: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Make a promise of a note."""
    open_home(quiet=True)

    with in_firm(firm):
        about, number = _called(recovery, call)
        keeper = member_called(owner).public_id if owner else None
        _made(about, number, note, do="promise", text=text, due=due, owner=keeper, by=doer(who))
        _show(about, number, as_json=as_json)


@call_group.command("point")
@click.argument("recovery")
@click.argument("note", type=click.UUID)
@click.option("--text", default="", help="In their words; else those of the note.")
@click.option("--call", default="last", show_default=True, metavar="CALL")
@doing
def point_command(
    recovery: str, note: uuid.UUID, text: str, call: str, firm: str | None, who: str | None, *, as_json: bool
) -> None:
    """Make a point of the recovery of a note that was taken as one."""
    open_home(quiet=True)

    with in_firm(firm):
        about, number = _called(recovery, call)
        _made(about, number, note, do="point", text=text, by=doer(who))
        _show(about, number, as_json=as_json)


@call_group.command("wanted")
@click.argument("recovery")
@click.argument("call", default="last")
@shared
def wanted_command(recovery: str, call: str, firm: str | None, *, as_json: bool) -> None:
    """Take what they said in the call as what would put it right."""
    open_home(quiet=True)
    from amends.flows.recovery.calls import take_wanted
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about, number = _called(recovery, call)
        take_wanted(SYSTEM, about, number, now=now())
        _show(about, number, as_json=as_json)


@call_group.command("summary")
@click.argument("recovery")
@click.argument("call", default="last")
@click.option("--send-to", "to", multiple=True, metavar="ADDRESS", help="Send it to this person (repeatable).")
@click.option("--text", type=click.File(), default=None, help="The words, from a file or -; else those prepared.")
@sending.seen_option
@doing
def summary_command(
    recovery: str, call: str, to: tuple[str, ...], text: TextIO | None, firm: str | None,
    who: str | None, *, seen: bool, as_json: bool,
) -> None:  # fmt: skip
    """Print the words of a summary, or send them to people of the client."""
    open_home(quiet=True)
    from amends.core.ids import uuid7
    from amends.flows.recovery.calls import send_summary
    from amends.flows.recovery.mailing import Mailing
    from amends.insights.recovery.call import after_call, summary_of
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about, number = _called(recovery, call)
        words = text.read() if text else summary_of(after_call(SYSTEM, about, number))
        if not to:
            click.echo(json.dumps({"text": words}, ensure_ascii=False) if as_json else words)
            return
        by, at, key = doer(who), now(), uuid7()
        draft = sending.send(
            lambda marks: send_summary(SYSTEM, about, number, Mailing(key, to, words, marks), by=by, now=at), seen=seen
        )
    sending.told(draft, as_json=as_json)


def _called(recovery: str, call: str) -> tuple[uuid.UUID, uuid.UUID]:
    """A recovery, and one of its calls."""
    from amends.insights.recovery.call import calls_of
    from amends.mail.queries import SYSTEM

    about = recovery_called(recovery)
    _, calls = calls_of(SYSTEM, about)
    found = next((one for one in calls if call in {"last", str(one.public_id)}), None)
    if found is None:
        raise NotFound(f"There is no call {call!r} in it: see `amends recovery call list`.")
    return about, found.public_id


def _made(about: uuid.UUID, number: uuid.UUID, note: uuid.UUID, **said: Any) -> None:
    from amends.flows.recovery.given import make_of_note
    from amends.mail.queries import SYSTEM
    from amends.recovery.models import Note

    try:
        make_of_note(SYSTEM, about, number, note, **said, now=now())
    except Note.DoesNotExist:
        raise NotFound(f"There is no note {note} in that call: see `amends recovery call show`.") from None


def _show(about: uuid.UUID, number: uuid.UUID, *, as_json: bool) -> None:
    from amends.insights.recovery.call import after_call, notes_of
    from amends.mail.queries import SYSTEM

    after = after_call(SYSTEM, about, number)
    notes = [note for note in notes_of(after.call) if note.text.strip()]
    if as_json:
        heard = [
            {"note": str(one.note.public_id), "quote": one.heard.quote,
             "due_on": one.heard.day.isoformat() if one.heard.day else None}
            for one in after.candidates
        ]  # fmt: skip
        told = {**_call(after.call), "notes": [_note(one) for one in notes], "heard": heard}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    state = "ended" if after.call.ended_at else "is being held"
    click.echo(f"{after.call.public_id}  {after.call.began_at:%Y-%m-%d %H:%M} UTC, {state}")
    for note in notes:
        who = note.author.name if note.author else "somebody"
        beside = f", beside “{shown(note.issue.quote)[:40]}”" if note.issue else ""
        click.echo(f"  {note.public_id}  {note.kind}, {shown(who)}{beside}: {shown(note.text)}")
    for one in after.candidates:
        click.echo(f"  heard as a promise in {one.note.public_id}: {shown(one.heard.quote)} ({one.heard.said or '?'})")


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": str(call.public_id), "began_at": call.began_at.isoformat(), "ended_at": moment(call.ended_at),
        "mood_before": call.mood_before, "mood_after": call.mood_after, "mood_words": call.mood_words,
        "wanted": call.wanted, "by": call.by.email if call.by else None,
    }  # fmt: skip


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": str(note.public_id), "kind": note.kind, "text": note.text, "at": note.at.isoformat(),
        "author": note.author.email if note.author else None, "edition": note.edition,
        "issue": str(note.issue.public_id) if note.issue else None,
    }  # fmt: skip
