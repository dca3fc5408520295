"""Reads the story's data files into people, threads and the truth about each client."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from .people import ClientStory, Engagement, Firm, Member, Person

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = resources.files(__package__) / "story"
_NOT_CLIENTS = ("firm.toml", "others.toml", "ordinary.toml")


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What a client's everyday mail is made of."""

    every: float  # days between threads
    start: int  # days ago
    until: int  # days ago
    team: tuple[str, ...]
    contacts: tuple[str, ...]
    threads: tuple[tuple[str, ...], ...]  # "c" or "f" who begins, subject, then the messages in turn
    words: dict[str, tuple[str, ...]]
    without: frozenset[str]  # scripts that don't suit


@dataclass(frozen=True, slots=True)
class Script:
    """A common course of a thread, any client's, with several wordings for each step."""

    begins: str
    subjects: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]
    attach: str
    name: str  # for clients that do without it
    by: str  # the member who writes it, "" for the client's team


@dataclass(frozen=True, slots=True)
class Scripts:
    """The ordinary scripts and the small words around them."""

    scripts: tuple[Script, ...]
    client_extras: tuple[str, ...]
    firm_extras: tuple[str, ...]
    thanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientFile:
    """Everything one client's file holds."""

    story: ClientStory
    engagements: tuple[Engagement, ...]
    threads: tuple[dict[str, Any], ...]
    ordinary: Ordinary | None


@dataclass(frozen=True, slots=True)
class Others:
    """People who are no clients, their threads, and what comes by itself again and again."""

    people: tuple[Person, ...]
    threads: tuple[dict[str, Any], ...]
    series: tuple[dict[str, Any], ...]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _people(rows: list[dict[str, Any]], organisation: str, **defaults: str) -> tuple[Person, ...]:
    return tuple(_person({**defaults, **row}, organisation) for row in rows)


def _person(row: dict[str, Any], organisation: str) -> Person:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    person = Person(organisation=organisation, **fields)
    return replace(person, signature=person.signature.strip(), disclaimer=person.disclaimer.strip())


@cache
def _firm_file() -> dict[str, Any]:
    return _read("firm.toml")


@cache
def firm_people() -> tuple[Person, ...]:
    """The members as writers of mail, and their former addresses."""
    rows = [{k: v for k, v in row.items() if k != "role"} for row in _firm_file()["member"]]
    return _people([*rows, *_firm_file()["alias"]], "")


@cache
def firm() -> Firm:
    """The agency."""
    raw = _firm_file()
    members = tuple(Member(row["key"], row["name"], row["email"], row["role"], row["title"]) for row in raw["member"])
    return Firm(members=members, **{**raw["firm"], "domains": tuple(raw["firm"]["domains"])})


@cache
def clients() -> tuple[ClientFile, ...]:
    """Every client's file, by name of the file."""
    names = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return tuple(_client(name.removesuffix(".toml"), _read(name)) for name in names if name not in _NOT_CLIENTS)


def _client(key: str, raw: dict[str, Any]) -> ClientFile:
    about, truth = raw["client"], raw["truth"]
    defaults = {"tz": about.get("tz", "Europe/London"), "language": about.get("language", "en")}
    story = ClientStory(
        key=key,
        name=about["name"],
        domains=tuple(about["domains"]),
        trade=about["trade"],
        country=about["country"],
        owner=about["owner"],
        situation=truth["situation"].strip(),
        shows=frozenset(truth["shows"]),
        may_show=frozenset(truth.get("may_show", ())),
        quotes=tuple((row["kind"], row["text"]) for row in truth.get("quote", ())),
        people=_people(raw["person"], key, **defaults),
    )
    engagements = tuple(
        Engagement(client=key, **{**row, "yearly_value": Decimal(row["yearly_value"])})
        for row in raw.get("engagement", ())
    )
    return ClientFile(story, engagements, tuple(raw.get("thread", ())), _ordinary(raw.get("ordinary")))


def _ordinary(raw: dict[str, Any] | None) -> Ordinary | None:
    if raw is None:
        return None
    return Ordinary(
        every=raw["every"],
        start=raw.get("start", 362),
        until=raw["until"],
        team=tuple(raw["team"]),
        contacts=tuple(raw["contacts"]),
        threads=tuple(tuple(row) for row in raw["threads"]),
        words={key: tuple(values) for key, values in raw["words"].items()},
        without=frozenset(raw.get("without", ())),
    )


@cache
def scripts() -> Scripts:
    """The courses that ordinary threads take."""
    raw = _read("ordinary.toml")
    rows: Iterator[Script] = (
        Script(
            begins=row["begins"],
            subjects=tuple(row["subjects"]),
            steps=tuple(map(tuple, row["steps"])),
            **{key: row.get(key, "") for key in ("attach", "name", "by")},
        )
        for row in raw["script"]
    )
    return Scripts(tuple(rows), tuple(raw["client_extras"]), tuple(raw["firm_extras"]), tuple(raw["thanks"]))


@cache
def others() -> Others:
    """Vendors, newsletters, applicants and the firm's own talk."""
    raw = _read("others.toml")
    return Others(_people(raw["person"], "other"), tuple(raw["thread"]), tuple(raw["series"]))
