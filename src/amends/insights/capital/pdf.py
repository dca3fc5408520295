"""A statement as PDF, set by Typst as briefs are: its text goes there as JSON, and is never read as Typst."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

from amends.firm.models import Firm
from amends.insights.capital.evidence import State
from amends.insights.capital.statement import Entry, Statement
from amends.insights.recovery.pdf import LETTER, set_pages

MOST = 2000  # lines on paper; the other forms hold them all
_HERE = Path(__file__).parent


def pdf(found: Statement, firm: Firm) -> bytes:
    """The PDF, the same bytes for the same statement."""
    data = {
        "title": f"Statement of {found.client.name}", "client": found.client.name, "firm": firm.name, "lang": "en",
        "paper": "us-letter" if firm.country in LETTER else "a4",
        "period": f"{_said(found.first)} to {_said(found.last)}", "sentence": found.sentence,
        "opening": _points(found.opening), "faded": _points(found.faded), "closing": _points(found.closing),
        "lines": [_line(entry) for entry in reversed(found.entries[:MOST])],
        "cut": max(0, len(found.entries) - MOST),
    }  # fmt: skip
    sources = {"main.typ": _template(), "data.json": json.dumps(data).encode("utf-8", "replace")}
    return set_pages(sources, at=_moment(found.last))


def _line(entry: Entry) -> dict[str, str]:
    proof = entry.proof
    words = {State.CLOSED: "In mail that is closed to you.", State.ERASED: "Its evidence was erased."}
    return {
        "day": _said(entry.line.day), "name": entry.name + (", taken back" if entry.back else ""),
        "amount": _points(entry.line.amount), "why": entry.why, "policy": f"policy {entry.policy}",
        "quote": proof.quote or proof.words, "note": words.get(proof.state, ""),
    }  # fmt: skip


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:+,.2f}".replace("-", "−")


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _moment(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


@cache
def _template() -> bytes:
    return (_HERE / "statement.typ").read_bytes()
