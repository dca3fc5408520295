"""Drills: a difficult conversation with a client, as data. One TOML file each in `drills/`, and in the home's folder
of that name; how one is written stands in `docs/how-to/practise.md`. Pure.

A drill is lines of a client (`[[line]]`), each with what it asks of an answer (moves of `judgement.guard`), answers to
choose from, and which line or ending follows an answer that does it well, partly or badly. It has no circles, so that
every way through it ends.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from amends.core.errors import AmendsError
from amends.judgement.guard import MOVES

GRADES = ("well", "partly", "badly")
ENDS = ("mended", "open", "lost")
"""How it ends between the two: right again, still open, or gone."""
FEELINGS = ("anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "neutral")
_LONGEST = 2000
_MOST_LINES, _MOST_ANSWERS = 40, 6
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789-"


class BadDrill(AmendsError):
    """A file is no drill; the text names it and the part, and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Asks:
    """One move that a line asks for, and why, as this client would put it."""

    move: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the client says; `then` names the line or ending after an answer, by grade."""

    id: str
    says: str
    feeling: str
    asks: tuple[Asks, ...]
    answers: tuple[str, ...]
    then: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """The client's last words, and what became of it."""

    id: str
    end: str
    says: str
    became: str


@dataclass(frozen=True, slots=True)
class Drill:
    """One scenario; `slug` is the name of its file."""

    slug: str
    title: str
    about: str
    client: str
    person: str
    role: str
    minutes: int
    lines: Mapping[str, Line]
    endings: Mapping[str, Ending]
    first: str

    @property
    def first_name(self) -> str:
        """How one speaks to them."""
        return self.person.split()[0]

    @property
    def email(self) -> str:
        """An address that is nobody's."""
        return f"{self.first_name.lower()}@client.example"

    @property
    def moves(self) -> list[str]:
        """All moves that it asks for, in the order in which they are known."""
        asked = {one.move for line in self.lines.values() for one in line.asks}
        return [move for move in MOVES if move in asked]


@cache
def shipped() -> tuple[Drill, ...]:
    """Those that come with Amends. Raises `BadDrill`."""
    folder = files(__package__).joinpath("drills")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return tuple(from_toml(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names)


def in_folder(folder: Path) -> tuple[list[Drill], list[str]]:
    """Those in a folder of one's own, and of each file that is none why, in a sentence."""
    found, problems = [], []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        try:
            found.append(from_toml(path.name, path.read_text(encoding="utf-8")))
        except BadDrill as error:
            problems.append(str(error))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name} cannot be read ({type(error).__name__}): save it as UTF-8 text.")
    return found, problems


def from_toml(name: str, text: str) -> Drill:
    """One file. Raises `BadDrill`, which names it."""
    slug = name.removesuffix(".toml")
    try:
        if not slug or set(slug) - set(_NAME):
            raise BadDrill("its name is to be of small letters, digits and hyphens")
        return _drill(slug, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadDrill(f"{name} is not TOML: {error}.") from error
    except BadDrill as error:
        raise BadDrill(f"{name} is no drill: {error}.") from error


def _drill(slug: str, table: Mapping[str, Any]) -> Drill:
    lines = {one.id: one for one in map(_line, _tables(table, "line", _MOST_LINES))}
    endings = {one.id: one for one in map(_ending, _tables(table, "ending", _MOST_LINES))}
    if len(lines) + len(endings) < len(table["line"]) + len(table["ending"]) or lines.keys() & endings.keys():
        raise BadDrill("two lines or endings have the same id")
    minutes = table.get("minutes", 5)
    if not isinstance(minutes, int) or not 1 <= minutes <= 60:
        raise BadDrill("minutes is a whole number from 1 to 60")
    title, about, client, person, role = (
        _text(table, name, "the file") for name in ("title", "about", "client", "person", "role")
    )
    made = Drill(slug, title, about, client, person, role, minutes, lines, endings, first=next(iter(lines)))
    _every_way_ends(made)
    return made


def _line(table: Mapping[str, Any]) -> Line:
    where = f"line {table.get('id', '?')!r}"
    then = table.get("then")
    if not isinstance(then, dict) or set(then) != set(GRADES):
        raise BadDrill(f"{where} needs then = {{ well = …, partly = …, badly = … }}")
    feeling = table.get("feeling", "neutral")
    if feeling not in FEELINGS:
        raise BadDrill(f"the feeling of {where} is one of {', '.join(FEELINGS)}")
    answers = table.get("answers", [])
    if not isinstance(answers, list) or not 2 <= len(answers) <= _MOST_ANSWERS:
        raise BadDrill(f"{where} needs 2 to {_MOST_ANSWERS} answers to choose from")
    return Line(
        _text(table, "id", where), _text(table, "says", where), feeling, tuple(_asked(table, where)),
        tuple(_text({"an answer": one}, "an answer", where) for one in answers),
        {grade: str(then[grade]) for grade in GRADES},
    )  # fmt: skip


def _asked(table: Mapping[str, Any], where: str) -> Iterator[Asks]:
    rows = table.get("asks")
    if not isinstance(rows, list) or not rows:
        raise BadDrill(f'{where} asks for nothing: give it asks = [{{ move = "owns", why = "…" }}]')
    for row in rows:
        if not isinstance(row, dict) or row.get("move") not in MOVES:
            raise BadDrill(f"a move that {where} asks for is one of {', '.join(MOVES)}")
        yield Asks(row["move"], _text(row, "why", where))


def _ending(table: Mapping[str, Any]) -> Ending:
    where = f"ending {table.get('id', '?')!r}"
    if table.get("end") not in ENDS:
        raise BadDrill(f"the end of {where} is one of {', '.join(ENDS)}")
    return Ending(_text(table, "id", where), table["end"], _text(table, "says", where), _text(table, "became", where))


def _tables(table: Mapping[str, Any], name: str, most: int) -> Sequence[Mapping[str, Any]]:
    rows = table.get(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BadDrill(f"it has no [[{name}]]")
    if len(rows) > most:
        raise BadDrill(f"it has more than {most} of [[{name}]]")
    return rows


def _text(table: Mapping[str, Any], name: str, where: str) -> str:
    value = table.get(name)
    plain = value.strip() if isinstance(value, str) else ""
    if not plain or len(plain) > _LONGEST:
        raise BadDrill(f"{name} of {where} is to be a text of 1 to {_LONGEST:,} characters")
    return plain


def _every_way_ends(drill: Drill) -> None:
    """Each line leads on to lines and endings that there are, none comes back to itself, and each can be reached."""
    done: set[str] = set()
    _walk(drill, drill.first, (), done)
    lost = (drill.lines.keys() | drill.endings.keys()) - done
    if lost:
        raise BadDrill(f"nothing leads to {sorted(lost)[0]!r}")


def _walk(drill: Drill, at: str, above: tuple[str, ...], done: set[str]) -> None:
    if at in above:
        raise BadDrill(f"line {at!r} comes back to itself, so that it never ends")
    if at in done:
        return
    for to in drill.lines[at].then.values() if at in drill.lines else ():
        if to not in drill.lines and to not in drill.endings:
            raise BadDrill(f"line {at!r} leads to {to!r}, which there is not")
        _walk(drill, to, (*above, at), done)
    done.add(at)
