"""`amends check`: an outgoing draft read before it can do harm; without a database, unless it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from amends.cli.letter import BadInput, contents, decoded, is_message
from amends.cli.shown import shown
from amends.core.errors import AmendsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amends.judgement.guard import Client, Context, Draft, Finding, Glossary, Result, Settings

    Check = Callable[[bytes, Context], tuple[Draft, Result]]

_NEEDS_ATTENTION = 1


@dataclass(frozen=True)
class _Known:
    """What the options say for every draft."""

    own: tuple[str, ...]
    clients: Any
    glossary: Any
    authority: Any
    only: frozenset[str]
    off: frozenset[str]


@click.command("check")
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--thread", metavar="FILE", help="The message that it answers (EML), or the thread (mbox).")
@click.option("--own-domain", "own", multiple=True, help="A mail domain of your own firm (repeatable).")
@click.option("--clients", metavar="FILE", help="JSON: a list of {name, domains, people [{name, address}]}.")
@click.option("--glossary", metavar="FILE", help="JSON: {say {wrong: right}, never [..]}.")
@click.option("--authority", metavar="AMOUNT", help="The most that the sender may give away alone.")
@click.option("--only", multiple=True, metavar="RULE", help="Only this rule or family (repeatable).")
@click.option("--off", multiple=True, metavar="RULE", help="Not this rule or family (repeatable).")
@click.option("--batch", metavar="FILE", help="JSON lines: one draft a line, with its own context and an id.")
@click.option("--stored", is_flag=True, help="Beside what the firm has stored: its mail, clients and settings.")
@click.option("--firm", metavar="NAME", help="With --stored: which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check_command(  # one parameter an option
    ctx: click.Context,
    file: str | None,
    thread: str | None,
    own: tuple[str, ...],
    clients: str | None,
    glossary: str | None,
    authority: str | None,
    only: tuple[str, ...],
    off: tuple[str, ...],
    batch: str | None,
    firm: str | None,
    *,
    stored: bool,
    as_json: bool,
) -> None:
    """Check one outgoing draft (EML or plain text, "-" reads standard input) before it leaves.

    Only the words written anew are judged. Ends with 1 where something should stop it. No database is touched.
    A line of --batch that is no draft is answered with an error, the rest goes on, and it ends with 1.

    With --stored the firm's own data serve as context: the conversation that an EML answers by its In-Reply-To and
    References, clients and people, the client's glossary, the authority of the member it is from, what is promised
    and open, and how the firm weighs the rules. Of the options given beside it, --own-domain, --off, --clients and
    --glossary add to what is stored (a client of the same name, and what to say instead of a word, win over it);
    --thread, --authority and --only win over it.
    """
    _refuse_unknown((*only, *off))
    known = _Known(own, _json(clients), _json(glossary), authority, frozenset(only), frozenset(off))
    if (file is None) == (batch is None):
        raise click.UsageError("Give a draft, or --batch with a file of drafts, and not both.")
    if firm is not None and not stored:
        raise click.UsageError("--firm goes with --stored.")
    earlier = contents(thread) if thread else b""
    one = None if batch is not None else (contents(file or "-"), _context(known, {}, earlier))
    rows = contents(batch) if batch is not None else b""
    with _stored(firm) if stored else _alone() as check:
        held = _one(*one, check, as_json=as_json) if one else _batch(rows, batch or "", known, check)
    _say_missing()
    if held:
        ctx.exit(_NEEDS_ATTENTION)


def _say_missing() -> None:
    from amends.judgement.model import missing

    if why := missing():
        click.echo(f"Judged by rules alone. {why}", err=True)


@contextmanager
def _alone() -> Iterator[Check]:
    """Checks beside what is given, and nothing else."""
    from amends.judgement.guard import check

    def alone(raw: bytes, context: Context) -> tuple[Draft, Result]:
        draft = _draft(raw)
        return draft, check(draft, context)

    yield alone


@contextmanager
def _stored(firm: str | None) -> Iterator[Check]:
    """Checks beside what the firm has stored, with what is given laid over it; acts as administrator."""
    from amends.cli.start import in_firm, now, open_home

    open_home(quiet=True)
    from amends.flows.guard import check_message, check_text
    from amends.mail.queries import SYSTEM

    def stored(raw: bytes, context: Context) -> tuple[Draft, Result]:
        if is_message(raw):
            return check_message(SYSTEM, raw, by=None, now=now(), given=context)
        return check_text(SYSTEM, decoded(raw), by=None, now=now(), given=context)

    with in_firm(firm):
        yield stored


def _one(raw: bytes, context: Context, check: Check, *, as_json: bool) -> bool:
    draft, result = check(raw, context)
    if as_json:
        _put(_object(draft, result))
    else:
        _tell(draft, result)
    _say_failed(result)
    return result.verdict == "hold"


def _batch(rows: bytes, name: str, known: _Known, check: Check) -> bool:
    """Every draft of a file, one answer a line; a line that is no draft gets an `error`, and the rest goes on."""
    held, bad, seen = False, 0, 0
    for number, line in enumerate(rows.split(b"\n"), 1):
        if not line.strip():
            continue
        seen += 1
        mark: Any = number
        try:
            given = _row(line)
            mark = given.get("id", number)
            answer, result = _answer(given, known, check)
        except AmendsError as error:
            bad += 1
            _put({"id": mark, "line": number, "error": str(error)})
            continue
        _put({"id": mark, **answer})
        _say_failed(result)
        held = held or result.verdict == "hold"
    if bad:
        click.echo(f"{bad} of {seen} drafts in {name} could not be checked: their answers say why.", err=True)
    return held or bad > 0


def _put(answer: dict[str, Any]) -> None:
    """One line of JSON; what is no character of Unicode is written as its escape."""
    click.echo(json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode())


def _row(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This line is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise BadInput("This line is no draft: write an object with id and eml.")
    return given


def _answer(given: Mapping[str, Any], known: _Known, check: Check) -> tuple[dict[str, Any], Result]:
    if not ("eml" in given or "text" in given):
        raise BadInput("This line is no draft: it has neither eml nor text.")
    raw = _text(given, "eml", "text").encode()
    draft, result = check(raw, _context(known, given, _text(given, "thread_eml").encode()))
    return _object(draft, result), result


def _text(given: Mapping[str, Any], *keys: str) -> str:
    """The first of these keys that is there, as text; unpaired surrogates become question marks."""
    found = next((given[key] for key in keys if given.get(key) is not None), "")
    if not isinstance(found, str):
        raise BadInput(f"{keys[0]} is no text.")
    return found.encode("utf-8", "replace").decode()


def _context(known: _Known, given: Mapping[str, Any], thread: bytes) -> Context:
    from amends.judgement.guard import Context, Settings
    from amends.mail.drafted import thread_of

    own = given.get("own_domains", known.own) or ()
    if not isinstance(own, (list, tuple)) or not all(isinstance(each, str) for each in own):
        raise BadInput("own_domains is no list of domains: write it as [firm.example].")
    settings: Settings = Settings(only=known.only, off=known.off)
    return Context(
        own_domains=frozenset(each.lower().lstrip("@") for each in own),
        thread=thread_of(thread) if thread.strip() else (),
        clients=_clients(given.get("clients", known.clients)),
        glossary=_glossary(given.get("glossary", known.glossary)),
        authority=_amount(given.get("authority", known.authority)),
        settings=settings,
    )


def _clients(given: Any) -> tuple[Client, ...]:
    from amends.judgement.guard import Client, Mailbox

    try:
        return tuple(
            Client(
                str(each["name"]),
                tuple(str(domain).lower() for domain in each.get("domains") or ()),
                tuple(
                    Mailbox(str(person.get("address") or "").lower(), str(person.get("name") or ""))
                    for person in each.get("people") or ()
                ),
            )
            for each in given or ()
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise BadInput("The clients are no list of {name, domains, people [{name, address}]}.") from error


def _glossary(given: Any) -> Glossary:
    from amends.judgement.guard import Glossary

    try:
        say = {str(wrong): str(right) for wrong, right in ((given or {}).get("say") or {}).items()}
        return Glossary(say, tuple(str(word) for word in (given or {}).get("never") or ()))
    except (TypeError, AttributeError) as error:
        raise BadInput("The glossary is no {say {wrong: right}, never [..]}.") from error


def _amount(given: Any) -> Decimal | None:
    if given is None:
        return None
    try:
        amount = Decimal(str(given))
    except InvalidOperation as error:
        raise BadInput(f"{given!r} is no amount: write it as 500 or 500.50.") from error
    if not amount.is_finite():
        raise BadInput(f"{given!r} is no amount: write it as 500 or 500.50.")
    return amount


def _json(name: str | None) -> Any:
    if name is None:
        return None
    try:
        return json.loads(contents(name))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} is not JSON: {error}.") from error


def _draft(raw: bytes) -> Draft:
    from amends.mail.drafted import draft_of, draft_of_text

    return draft_of(raw) if is_message(raw) else draft_of_text(decoded(raw))


def _refuse_unknown(names: Iterable[str]) -> None:
    from amends.judgement.guard import FAMILIES, rules

    for name in names:
        if name not in rules() and name not in FAMILIES:
            raise BadInput(f"There is no rule or family {name!r}: `amends rules` lists them.")


def _object(draft: Draft, result: Result) -> dict[str, Any]:
    return {
        "verdict": result.verdict,
        "new_text": draft.new_text,
        "findings": [_finding(each) for each in result.findings],
    }


def _finding(found: Finding) -> dict[str, Any]:
    keys = ("rule", "family", "severity", "quote", "start", "end", "why", "suggestion")
    return {key: getattr(found, key) for key in keys}


def _tell(draft: Draft, result: Result) -> None:
    """One draft, for a person."""
    colours = {"stop": "red", "warn": "yellow", "advice": "blue"}
    for each in result.findings:
        click.echo(click.style(f"{each.severity}: {each.family}", fg=colours[each.severity], bold=True), nl=False)
        click.echo(f" ({each.rule})")
        if each.quote is not None:
            click.echo(f"  “{shown(each.quote)}”")
        click.echo(f"  {shown(each.why)}")
        click.echo(f"  Better: {shown(each.suggestion)}")
    ends = {"send": "Ready to send.", "warn": "Look again before you send it.", "hold": "Hold it back."}
    click.echo(ends[result.verdict] if draft.new_text.strip() or result.findings else "There is no text of its own.")


def _say_failed(result: Result) -> None:
    for rule, kind in result.failed.items():
        click.echo(f"The rule {rule} could not be tried ({kind}); the others were.", err=True)
