"""`today --at T` stands as it stood then: the whole archive looked at from T is the archive cut at T."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW
from tests.letters import days, judged, letter, mailbox

from amends.clients.models import Client
from amends.demo import agency
from amends.firm.models import Firm, Member
from amends.firm.scope import firm_scope
from amends.flows.judge import judge_new
from amends.flows.set_up import found_firm
from amends.insights.today import today
from amends.mail.actions.store import store
from amends.mail.digest import Digest, digest
from amends.mail.queries import SYSTEM
from amends.mail.sources import Item, open_source
from amends.signals.actions import respond, undo
from amends.signals.models import Action, Signal

MOMENTS = [NOW - days(number) for number in (3, 7, 40, 100, 200, 300)]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> list[Digest]:
    """The sample agency's year, read."""
    folder = tmp_path_factory.mktemp("archive")
    agency.write_mailbox(folder / "year.mbox", now=NOW)
    items = [item for item in open_source(folder / "year.mbox", scratch=folder) if isinstance(item, Item)]
    return [digest(item, now=NOW) for item in items]


def _firm_with(archive: list[Digest], until: datetime, name: str) -> Firm:
    sample = agency.FIRM
    firm = found_firm(sample.domains, now=NOW, name=name)
    firm.timezone, firm.country = sample.tz, sample.country
    firm.save()
    with firm_scope(firm):
        part = [one for one in archive if one.parsed.sent_at <= until]
        for at in range(0, len(part), 200):
            store(part[at : at + 200], mailbox=mailbox(now=NOW), now=NOW)
        judge_new(now=NOW)
    return firm


def _seen(firm: Firm, moment: datetime) -> list[dict[str, Any]]:
    """Everything that `amends today` says; the client by its domains, since a better name may be found later."""
    with firm_scope(firm):
        return [
            {
                "domains": row.domains,
                "owner": row.owner,
                "unowned": row.unowned_for_hours,
                "next": row.next_step,
                "reasons": [
                    (reason.kind, reason.quote, reason.at, reason.confidence, reason.rule, _told(reason.detail),
                     reason.answered_at, reason.need, len(reason.also))
                    for reason in row.reasons
                ],
            }
            for row in today(SYSTEM, firm, now=NOW, at=moment).rows
        ]  # fmt: skip


def _told(detail: dict[str, Any]) -> dict[str, Any]:
    """Without the names that each copy of a message has of its own."""
    return {name: value for name, value in detail.items() if name not in {"earlier", "earlier_message"}}


def test_a_moment_knows_nothing_of_what_came_later(db: None, home: Path, archive: list[Digest]) -> None:
    whole = _firm_with(archive, NOW, "Whole")
    found = 0
    for moment in MOMENTS:
        cut = _firm_with(archive, moment, f"Cut at {moment}")
        expected = _seen(cut, moment)
        assert _seen(whole, moment) == expected, f"as it stood at {moment}"
        found += len(expected)
    assert found > 10, "the sample has too little to show for this test"


def test_answers_given_later_are_not_known(firm: Firm, member: Member) -> None:
    judged(letter("This is not what we agreed, and I am disappointed.\n", at=NOW - days(5)), now=NOW)
    signals = list(Signal.objects.values_list("public_id", flat=True))
    batch = respond(signals, action=Action.OWN, member=member, at=NOW - days(2))
    [before] = today(SYSTEM, firm, now=NOW, at=NOW - days(3)).rows
    [after] = today(SYSTEM, firm, now=NOW, at=NOW - days(1)).rows
    assert (before.owner, after.owner) == (None, "Ada Moss")
    assert before.unowned_for_hours == 48
    undo(batch, at=NOW - timedelta(hours=12))
    assert [row.owner for row in today(SYSTEM, firm, now=NOW, at=NOW - days(1)).rows] == ["Ada Moss"]
    assert [row.owner for row in today(SYSTEM, firm, now=NOW).rows] == [None]
    respond(signals, action=Action.NOT_AN_ISSUE, member=member, at=NOW - timedelta(hours=6), why="sorted by phone")
    assert len(today(SYSTEM, firm, now=NOW, at=NOW - timedelta(hours=7)).rows) == 1
    assert today(SYSTEM, firm, now=NOW).rows == []


def test_an_old_archive_is_looked_at_from_its_last_day(firm: Firm, member: Member) -> None:
    last = NOW - days(400)
    judged(letter("This is not what we agreed, and I am disappointed.\n", at=last), now=NOW)
    answer = today(SYSTEM, firm, now=NOW)
    assert (answer.moved, answer.as_of.date(), len(answer.rows)) == (True, last.date(), 1)
    respond([answer.rows[0].strongest.signal], action=Action.OWN, member=member, at=NOW)
    assert [row.owner for row in today(SYSTEM, firm, now=NOW).rows] in (["Ada Moss"], [None])
    assert Client.objects.count() == 1
