"""The labelled drafts, as the guard takes them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from amends.judgement.guard import Client, Context, Draft, Glossary, Mailbox
from amends.mail.drafted import draft_of, draft_of_text, thread_of

CORPUS = Path(__file__).parent / "corpus"


class Case(NamedTuple):
    """One draft with what should be found: (family, quote or None) each."""

    id: str
    draft: Draft
    context: Context
    expect: tuple[tuple[str, str | None], ...]


def rows(*, held: bool) -> list[dict[str, Any]]:
    """The lines of the corpus, those held back or the others."""
    return rows_in("held" if held else "")


def rows_in(folder: str) -> list[dict[str, Any]]:
    """The lines of a folder of the corpus."""
    where = CORPUS / folder
    return [json.loads(line) for path in sorted(where.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]


def case(row: dict[str, Any]) -> Case:
    """A line, parsed."""
    draft = draft_of(row["eml"].encode()) if "eml" in row else draft_of_text(row["text"])
    context = Context(
        own_domains=frozenset(row["own_domains"]),
        thread=thread_of(row["thread_eml"].encode()) if row.get("thread_eml") else (),
        clients=tuple(
            Client(c["name"], tuple(c["domains"]), tuple(Mailbox(p["address"], p["name"]) for p in c["people"]))
            for c in row["clients"]
        ),
        glossary=Glossary(row["glossary"]["say"], tuple(row["glossary"]["never"])),
        authority=Decimal(row["authority"]) if "authority" in row else None,
    )
    return Case(row["id"], draft, context, tuple((each["family"], each["quote"]) for each in row["expect"]))
