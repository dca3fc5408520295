"""A statement as JSON and as a table that spreadsheets open."""

from __future__ import annotations

from typing import Any

from amends.core.cells import cell
from amends.insights.capital.evidence import State
from amends.insights.capital.statement import Entry, Statement

COLUMNS = (
    "date", "line", "points", "taken_back", "policy", "rule", "base", "strength", "speaker", "why", "evidence",
    "evidence_id", "quote",
)  # fmt: skip


def points(hundredths: int) -> float:
    """Points, with two decimals at most."""
    return hundredths / 100


def as_json(found: Statement) -> dict[str, Any]:
    """The keys of `amends statement --json`, oldest posting first; amounts in points."""
    return {
        "client": found.client.name,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "opening": points(found.opening),
        "postings": [_entry(entry) for entry in reversed(found.entries)],
        "faded": points(found.faded),
        "closing": points(found.closing),
        "balance": found.points,
        "trend": found.trend,
        "sentence": found.sentence,
        "value_at_risk": found.value_at_risk,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    line, proof = entry.line, entry.proof
    return {
        "id": str(line.public_id),
        "at": line.effective_at.isoformat(),
        "recorded_at": line.recorded_at.isoformat(),
        "amount": points(line.amount),
        "kind": line.kind,
        "taken_back": entry.back,
        "rule": f"line.{line.kind}",
        "policy": entry.policy,
        "evidence": {"kind": line.evidence_kind, "id": str(proof.id) if proof.id else None, "state": proof.state.value,
                     "quote": proof.quote or proof.words},
        "why": entry.why,
        "factors": {"line": None if entry.base is None else points(entry.base), "strength": line.strength / 100,
                    "speaker": entry.speaker},
    }  # fmt: skip


def table(found: Statement) -> list[list[object]]:
    """The same as rows of a sheet, the columns named first; no text in it is taken for a formula."""
    rows: list[list[object]] = [list(COLUMNS)]
    rows.append(_sum(found.first.isoformat(), "opening", found.opening))
    for entry in reversed(found.entries):
        line, proof = entry.line, entry.proof
        rows.append([
            line.day.isoformat(), cell(entry.name), points(line.amount), "yes" if entry.back else "no", entry.policy,
            f"line.{line.kind}", "" if entry.base is None else points(entry.base), line.strength / 100, entry.speaker,
            cell(entry.why), cell(_said(proof.state, line.evidence_kind)), str(proof.id or ""),
            cell(proof.quote or proof.words),
        ])  # fmt: skip
    rows.append(_sum("", "faded", found.faded))
    rows.append(_sum(found.last.isoformat(), "closing", found.closing))
    return rows


def _sum(day: str, name: str, hundredths: int) -> list[object]:
    return [day, name, points(hundredths), *[""] * (len(COLUMNS) - 3)]


def _said(state: State, kind: str) -> str:
    if state is State.CLOSED:
        return f"{kind}, closed to you"
    return f"{kind}, erased" if state is State.ERASED else kind
