"""A recovery as the command line tells it: for scripts, and for people."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from amends.cli.shown import shown

if TYPE_CHECKING:
    from amends.firm.models import Firm
    from amends.insights.lists.recoveries import Listed
    from amends.insights.recovery.page import Point, RecoveryPage
    from amends.recovery.models import Evidence, Finding, Recovery

T = TypeVar("T")


def show(recovery: uuid.UUID, firm: Firm, *, now: datetime, as_json: bool, **more: Any) -> None:
    """Print a recovery as it stands; `more` goes into the JSON."""
    from amends.insights.recovery.page import recovery_page
    from amends.mail.queries import SYSTEM

    page = recovery_page(SYSTEM, firm, recovery, now=now)
    if as_json:
        click.echo(json.dumps({**whole(page), **more}, ensure_ascii=False))
        return
    row = page.recovery
    click.echo(line(row, [gap.what.replace("_", " ") for gap in page.now.gaps] if row.closed_at is None else []))
    late = [hand.clock.value.replace("_", " ") for hand in page.hands if hand.late and hand.met_at is None]
    if late and row.closed_at is None:
        click.echo(f"  late: {', '.join(late)}")
    for point in page.points:
        _tell(point)
    if row.wanted:
        click.echo(f"  wanted: {shown(row.wanted)}")


def line(row: Recovery, missing: list[str]) -> str:
    """One recovery in one line."""
    owner = row.owner.name if row.owner else "nobody owns it"
    lacks = f"; missing: {', '.join(missing)}" if missing else ""
    where = row.stage.replace("_", " ") if row.closed_at is None else f"closed ({row.closing})"
    return f"{row.public_id}  {shown(row.client.name)}: {where}, {shown(owner)}{lacks}"


def listed(one: Listed) -> dict[str, Any]:
    """A recovery of the list, for scripts."""
    return {**_fields(one.recovery), "missing": one.missing}


def whole(page: RecoveryPage) -> dict[str, Any]:
    """All of one recovery, for scripts."""
    row = page.recovery
    return {
        **_fields(row),
        "missing": [gap.what.value for gap in page.now.gaps] if row.closed_at is None else [],
        "missing_for": {gap.what.value: list(gap.points) for gap in page.now.gaps if gap.points},
        "engagement": row.engagement.name if row.engagement else None,
        "root_cause": row.root_cause, "failure_mode": row.failure_mode or None, "kept_word": row.kept_word,
        "asks": row.asks, "ask_at": moment(row.ask_at), "version": row.version,
        "clocks": [
            {"clock": hand.clock.value, "until": hand.until.isoformat(), "met_at": moment(hand.met_at),
             "late": hand.late}
            for hand in page.hands
        ],
        "threads": [
            {"id": str(one.thread), "subject": one.subject, "last_at": one.last_at.isoformat()} for one in page.threads
        ],
        "points": [_point(one) for one in page.points],
        "removed": [{"id": str(one.public_id), "quote": one.quote} for one in page.removed],
    }  # fmt: skip


def finding(found: Finding | None) -> dict[str, Any] | None:
    """What was found about a point, for scripts."""
    if found is None:
        return None
    return {
        "happened": found.happened, "why": found.why, "responsibility": found.responsibility, "sure": found.sure,
        "we_do": found.we_do, "by_when": found.by_when.isoformat() if found.by_when else None,
        "hard_part": found.hard_part, "version": found.version,
    }  # fmt: skip


def evidence(one: Evidence) -> dict[str, Any]:
    """What a finding rests on, for scripts."""
    return {
        "id": str(one.public_id), "kind": one.kind, "about": str(one.about) if one.about else None, "label": one.label,
        "quote": one.quote, "shown": one.shown,
    }  # fmt: skip


def moment(at: datetime | None) -> str | None:
    """A time in ISO 8601."""
    return at.isoformat() if at else None


def _fields(row: Recovery) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "client": row.client.name, "title": row.title, "stage": row.stage,
        "owner": row.owner.email if row.owner else None, "began_at": row.began_at.isoformat(),
        "opened_at": row.opened_at.isoformat(), "closed_at": moment(row.closed_at), "closing": row.closing or None,
        "wanted": row.wanted,
    }  # fmt: skip


def _point(one: Point) -> dict[str, Any]:
    issue = one.issue
    return {
        "id": str(issue.public_id), "number": one.number, "quote": issue.quote, "words": issue.words,
        "feeling": issue.feeling, "said_at": issue.said_at.isoformat(), "who": one.who,
        "message": str(one.message) if one.message else None, "version": issue.version,
        "engagement": issue.engagement.name if issue.engagement else None,
        "finding": finding(one.finding), "evidence": [evidence(each) for each in one.evidence],
        "merged": [{"id": str(each.public_id), "quote": each.quote} for each in one.merged],
        "times": one.last.times,
        "earlier": [
            {"quote": each.quote, "said_at": each.said_at.isoformat(), "ended": each.ended, "p": round(each.p, 3),
             "issue": str(each.issue) if each.issue else None, "same": each.linked, "we_did": each.we_did,
             "given": list(each.given), "promises": list(each.promises)}
            for each in one.last.earlier
        ],
    }  # fmt: skip


def _tell(one: Point) -> None:
    felt = f" ({one.issue.feeling})" if one.issue.feeling else ""
    click.echo(f"  {one.number}. “{shown(one.issue.quote)}”{felt}")
    if one.issue.words:
        click.echo(f"     we put it: {shown(one.issue.words)}")
    found = one.finding
    if found is not None:
        when = f", by {found.by_when.isoformat()}" if found.by_when else ""
        rows = (
            ("what happened", found.happened), ("why", found.why),
            (f"whose ({found.sure})", found.get_responsibility_display()), (f"we do{when}", found.we_do),
        )  # fmt: skip
        for name, said in rows:
            if said:
                click.echo(f"     {name}: {shown(str(said))}")
    for each in one.evidence:
        click.echo(f"     rests on {each.kind} {each.public_id}: {shown(each.label or each.quote)[:90]}")
    for before in one.last.earlier:
        how = "the same" if before.linked else "perhaps the same"
        click.echo(f"     {how}, {before.said_at:%Y-%m-%d}, {before.ended}: “{shown(before.quote)[:90]}”")


def several(
    rows: Sequence[T], item: Callable[[T], dict[str, Any]], line: Callable[[T], str], *, as_json: bool, nothing: str,
    **beside: Any,
) -> None:  # fmt: skip
    """Print a list: as one JSON object with `items` and what stands `beside`, or a line each, or that there is none."""
    if as_json:
        click.echo(json.dumps({"items": [item(one) for one in rows], **beside}, ensure_ascii=False))
        return
    for one in rows:
        click.echo(line(one))
    if not rows:
        click.echo(nothing)
