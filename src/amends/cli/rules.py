"""`amends rules`: by which rules a draft is checked, and with `--report` how good each of them is in use."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from amends.cli.shown import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.insights.rule_report import RuleUse

_KEYS = ("id", "family", "severity", "why", "suggestion", "references", "bad", "good")
_COUNTS = ("decided", "taken", "reworded", "sent")
_REASONS = ("wrong", "fits", "other")


@click.command("rules")
@click.option("--report", "in_use", is_flag=True, help="What people made of each rule's findings.")
@click.option("--days", type=click.IntRange(1, 36_500), metavar="N", help="With --report: only the last N days.")
@click.option("--firm", metavar="NAME", help="With --report: which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rules_command(days: int | None, firm: str | None, *, in_use: bool, as_json: bool) -> None:
    """Every rule of the check, with examples that fire and that don't.

    With --report: what people made of each rule's findings at the firm. They took the suggestion, reworded, sent it
    all the same, or dismissed the finding: as wrong, as true but right here, for another reason. Precision in use is
    the share not dismissed as wrong, with its 95 % interval (Wilson). Where at least 10 findings were decided and
    even the upper end lies under 90 %, the report proposes to let the rule weigh one step less; where it lies under
    50 %, to silence it. Nothing changes by itself: somebody at the firm weighs the rules, in the settings.
    """
    if in_use:
        _report(days, firm, as_json=as_json)
        return
    if days is not None or firm is not None:
        raise click.UsageError("--days and --firm go with --report.")
    from amends.judgement.guard import rules

    if as_json:
        listed = [{key: getattr(rule, key) for key in _KEYS} for rule in rules().values()]
        click.echo(json.dumps({"rules": listed}, ensure_ascii=False))
        return
    for rule in rules().values():
        click.echo(click.style(f"{rule.id} ({rule.family}, {rule.severity})", bold=True))
        click.echo(f"  {rule.why}")
        click.echo(f"  fires:  {shown(rule.bad[0])[:100]}")
        click.echo(f"  doesn't: {shown(rule.good[0])[:100]}")


def _report(days: int | None, firm: str | None, *, as_json: bool) -> None:
    from amends.cli.start import in_firm, now, open_home

    open_home(quiet=True)
    from amends.insights.rule_report import report

    since = None if days is None else now() - timedelta(days=days)
    with in_firm(firm):
        found = report(since=since)
    if as_json:
        click.echo(
            json.dumps({"since": since.isoformat() if since else None, "rules": [_object(one) for one in found]})
        )
    else:
        _tell(found, since)


def _object(use: RuleUse) -> dict[str, Any]:
    return {
        "id": use.rule,
        "family": use.family,
        "severity": use.weighs,
        **{key: getattr(use, key) for key in _COUNTS},
        "dismissed": {key: getattr(use, key) for key in _REASONS},
        **{key: _rounded(getattr(use, key)) for key in ("precision", "low", "high")},
        "proposal": use.proposal or None,
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _tell(found: Sequence[RuleUse], since: datetime | None) -> None:
    """The rules that somebody decided on, for a person."""
    used = [one for one in found if one.decided]
    if not used:
        click.echo("Nobody has decided on a finding yet: there is nothing to tell of the rules.")
        return
    width = max(len(one.rule) for one in used)
    click.echo(f"since {since:%d %b %Y}" if since else "since the beginning")
    heads = ("decided", "taken", "reworded", "sent", "wrong", "fits", "other")
    click.echo("  ".join([f"{'rule':{width}}", *heads, "not wrong"]))
    for one in used:
        cells = [f"{getattr(one, head):{len(head)}}" for head in heads]
        share = f"{one.precision:4.0%} ({one.low:.0%} to {one.high:.0%})"
        click.echo("  ".join([f"{one.rule:{width}}", *cells, share]))
    for one in used:
        if one.proposal:
            what = "silence it" if one.proposal == "off" else f"let it weigh less: {one.proposal}"
            click.echo(f"{one.rule} ({one.weighs}) is dismissed as wrong so often that you may want to {what}.")
