"""`amends read`: what a message says, judged without a database."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from amends.cli.letter import HEAD, contents, decoded, is_message
from amends.cli.moment import moment
from amends.cli.shown import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.judgement.promises import Promise
    from amends.judgement.reading import Reading
    from amends.judgement.spans import Span, Writer
    from amends.mail.parsing import ParsedMessage

_LANGUAGES_READ = {"en"}


class Letter:
    """One message to read: its new text, who wrote it and when."""

    def __init__(self, text: str, writer: Writer, at: datetime) -> None:
        self.text = text
        self.writer = writer
        self.at = at


@click.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE…|-")
@click.option(
    "--own-domain", "own", multiple=True, help="A mail domain of your own firm (repeatable): whose is outgoing."
)
@click.option(
    "--at", default=None, metavar="TIME", help="When it was written, where the message has no date (ISO 8601)."
)
@click.option("--tz", default=None, metavar="ZONE", help="The time zone, where the message has no date: Europe/London.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a message, one a line.")
def read_command(
    files: tuple[str, ...], own: tuple[str, ...], at: str | None, tz: str | None, *, as_json: bool
) -> None:
    """Judge messages, incoming or outgoing (EML or plain text): feelings, what is wrong, promises, requests.

    No database is touched. "-" reads standard input. Of several files one line a file is printed, in order.
    """
    zone = _zone(tz)
    fallback = _fallback(at, zone)
    raws = [(name, contents(name)) for name in files]
    from amends.judgement.model import missing
    from amends.judgement.reading import read

    domains = {each.lower().lstrip("@") for each in own}
    for name, raw in raws:
        letter = _letter(raw, own=domains, fallback=fallback, zone=zone)
        reading = read(letter.text, writer=letter.writer, at=letter.at, working=_working(tz))
        if as_json:
            click.echo(json.dumps(_object(letter.text, reading), ensure_ascii=False))
        else:
            _tell(name, letter, reading)
        _say_limits(name, letter.text, reading)
    if why := missing():
        click.echo(f"Judged by rules alone. {why}", err=True)


def _zone(tz: str | None) -> ZoneInfo | None:
    if tz is None:
        return None
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError) as error:
        raise click.BadParameter(f"{tz!r} is no time zone: write it as Europe/London.", param_hint="--tz") from error


def _fallback(at: str | None, zone: ZoneInfo | None) -> datetime:
    """When a message without a date was written: `--at`, else now."""
    if at is None:
        return datetime.now(zone or UTC)
    found = moment(at, zone=zone or UTC)
    return found if zone is None else found.astimezone(zone)


def _letter(raw: bytes, *, own: set[str], fallback: datetime, zone: ZoneInfo | None) -> Letter:
    from amends.mail.parsing import new_text, parse, segments

    if not is_message(raw):
        text = decoded(raw)
        return Letter(new_text(text, segments(text)), "client", fallback)
    message = parse(raw, now=datetime.now(UTC))
    at = fallback if message.date_source == "none" else message.sent_at
    if zone is None:
        at = _as_written(raw, at)
    return Letter(message.new_text, _writer(message, own), at.astimezone(zone) if zone else at)


def _as_written(raw: bytes, at: datetime) -> datetime:
    """The moment on the writer's own clock: "by noon" is noon there."""
    from email.utils import parsedate_to_datetime

    found = re.search(rb"^date:[ \t]*([^\r\n]{1,100})", raw[:HEAD], re.I | re.M)
    try:
        written = parsedate_to_datetime(found[1].decode("ascii", "replace")) if found else at
    except (ValueError, TypeError, OverflowError):
        return at
    return at.astimezone(written.tzinfo) if written.tzinfo else at


def _writer(message: ParsedMessage, own: set[str]) -> Writer:
    sender = next((each.email for each in message.addresses if each.role == "from"), "")
    domain = sender.rpartition("@")[2]
    return "firm" if any(domain == each or domain.endswith(f".{each}") for each in own) else "client"


def _working(tz: str | None) -> Any:
    from amends.judgement.working_time import WorkingTime

    return WorkingTime(timezone=tz) if tz else None


def _object(text: str, reading: Reading) -> dict[str, Any]:
    return {
        "new_text": text,
        "language": reading.language,
        "emotions": _summing(reading.emotions.items()),
        "complaint": round(reading.complaint, 4),
        "issues": _spans(reading.issues),
        "promises": [_promise(each) for each in reading.promises],
        "requests": _spans(reading.requests),
        "wanted_outcome": _spans(reading.wanted),
        "scope": _spans(reading.scope_request),
        "leaving": round(reading.leaving_p, 4),
        "praise": round(reading.praise_p, 4),
    }


def _summing(emotions: Any) -> dict[str, float]:
    """Rounded so that they still sum to one."""
    found = {name: round(p, 4) for name, p in emotions}
    found["neutral"] = round(found["neutral"] + 1 - sum(found.values()), 4)
    return found


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [{"quote": s.quote, "start": s.start, "end": s.end, "p": round(s.p, 4)} for s in spans]


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "quote": promise.quote,
        "start": promise.start,
        "end": promise.end,
        "p": round(promise.p, 4),
        "by": promise.by,
        "due": promise.due.isoformat() if promise.due else None,
    }


def _tell(name: str, letter: Letter, reading: Reading) -> None:
    """One message, for a person."""
    click.echo(click.style(name, bold=True))
    if not reading.judged:
        click.echo(f"  In a language that is not read ({reading.language}): not judged.")
        return
    felt = [(p, kind) for kind, p in reading.emotions.items() if p >= 0.1]
    click.echo("  " + ", ".join(f"{kind} {p:.0%}" for p, kind in sorted(felt, reverse=True)))
    groups: list[tuple[str, Sequence[Span]]] = [
        ("something is wrong", reading.issues),
        ("would put it right", reading.wanted),
        ("asks", reading.requests),
        ("asks for more", reading.scope_request),
        ("thinks of leaving", reading.leaving),
        ("praises", reading.praise),
        ("recommends", reading.referral),
    ]
    for what, spans in groups:
        for span in spans:
            click.echo(f"  {what} ({span.p:.0%}): “{shown(span.quote)}”  {shown(span.why)}")
    for promise in reading.promises:
        by_when = f"by {promise.due:%A %d %B %Y, %H:%M}" if promise.due else promise.open_until or "no date"
        click.echo(f"  {promise.by} promises ({promise.p:.0%}), {by_when}: “{shown(promise.quote)}”")
    if not any(spans for _, spans in groups) and not reading.promises:
        click.echo("  Nothing that needs anybody." if letter.text.strip() else "  There is no text of its own.")


def _say_limits(name: str, text: str, reading: Reading) -> None:
    from amends.judgement.sentences import HEAD, TAIL

    if len(text) > HEAD + TAIL:
        click.echo(f"{name}: read the first {HEAD:,} and the last {TAIL:,} of {len(text):,} characters.", err=True)
    if not reading.judged:
        click.echo(f"{name}: in a language that is not read ({reading.language}), so not judged.", err=True)
