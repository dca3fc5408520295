"""A brief as PDF and as one HTML file: self-contained, with the fonts and styles inside.

The PDF is set by Typst from a template of ours (`brief.typ`). The text goes to it as JSON and is set as words: nothing
in it is ever read as Typst.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import typst

from amends.insights.recovery.document import Block, parse, to_data, to_html

_HERE = Path(__file__).parent
_compile: Any = typst.compile  # takes a dict of files as well, which its types do not say
LETTER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})  # where paper is not A4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around the text: whose it is, for whom, of which day; `country` decides on the paper."""

    title: str
    firm: str
    foot: str
    day: date
    country: str = ""


def pdf(markdown: str, sheet: Sheet) -> bytes:
    """The PDF, the same bytes for the same text."""
    return set_pages(_sources(markdown, sheet), at=_moment(sheet.day))


def set_pages(sources: dict[str, bytes], *, at: int) -> bytes:
    """A PDF of Typst's `main.typ` and the files that it reads, made as of a moment (seconds)."""
    return bytes(_compile(sources, format="pdf", timestamp=at))


def pictures(markdown: str, sheet: Sheet, *, ppi: float = 110) -> list[bytes]:
    """Its pages as PNG: for whoever looks at them without a reader of PDF, and for tests."""
    made = _compile(_sources(markdown, sheet), format="png", ppi=ppi)
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]


def page(markdown: str, sheet: Sheet) -> str:
    """One HTML file that needs no other: to keep, to print, to send."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f'<body>\n<main class="brief">\n{to_html(parse(markdown))}\n</main>\n'
        f'<footer class="brief-foot">{escape(sheet.foot)}</footer>\n</body>\n</html>\n'
    )


def _sources(markdown: str, sheet: Sheet) -> dict[str, bytes]:
    lead, parts, last = _parts(parse(markdown))
    data = {
        "title": sheet.title, "firm": sheet.firm, "foot": sheet.foot, "lang": "en",
        "paper": "us-letter" if sheet.country in LETTER else "a4", "lead": to_data(lead), "last": to_data(last),
        "parts": [{"head": to_data([head])[0], "blocks": to_data(blocks)} for head, blocks in parts],
    }  # fmt: skip
    return {"main.typ": _template(), "data.json": json.dumps(data).encode("utf-8", "replace")}


def _parts(blocks: Sequence[Block]) -> tuple[list[Block], list[tuple[Block, list[Block]]], list[Block]]:
    """What stands before the first point, the points with what belongs to each, and the last words."""
    lead: list[Block] = []
    parts: list[tuple[Block, list[Block]]] = []
    for block in blocks:
        if block.kind == "heading":
            parts.append((block, []))
        elif parts:
            parts[-1][1].append(block)
        else:
            lead.append(block)
    last: list[Block] = []
    if parts and len(parts[-1][1]) > 1 and parts[-1][1][-1].kind == "text":
        last.append(parts[-1][1].pop())
    return lead, parts, last


def _moment(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


@cache
def _template() -> bytes:
    return (_HERE / "brief.typ").read_bytes()


@cache
def _style() -> str:
    return (_HERE / "brief.css").read_text("utf-8")
