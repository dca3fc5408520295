"""Another policy looked at before it holds: what every balance would be, and nothing changed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import NOW

from amends.capital import queries
from amends.capital.actions import adopt
from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import BadPolicy, NoReason, Overtaken, read, shipped
from amends.capital.rules import Event, Speaker
from amends.clients.models import Client
from amends.flows.capital.posting import settle
from amends.insights.capital.preview import Moved, preview
from amends.insights.capital.versions import Changed, version, versions

if TYPE_CHECKING:
    from amends.firm.models import Firm, Member

pytestmark = pytest.mark.django_db

KINDS = ("complaint", "anger", "promise_kept", "promise_broken", "recovery_yes", "praise")
SAID = ("complaint", "anger", "praise")


def other_text() -> str:
    text = shipped().replace("half_life_days = 180", "half_life_days = 60").replace("amount = -6\n", "amount = -2.5\n")
    return text.replace("decider = 1.25", "decider = 2").replace("amount = 14\n", "amount = 20\n")


def events(client: Client, name: str) -> list[Event]:
    return [
        Event(
            f"{name}:{kind}:{days}", kind, client.pk, NOW - timedelta(days=days), ("message", uuid.UUID(int=days)),
            strength=(0.575, 0.8, 1.0)[days % 3] if kind in SAID else 1.0,
            speaker=(Speaker.CONTACT, Speaker.DECIDER)[days % 2] if kind in SAID else Speaker.NOBODY,
        )
        for kind in KINDS for days in (0, 1, 30, 31, 90, 364, 700)
    ]  # fmt: skip


def test_a_preview_is_what_a_ledger_under_that_policy_would_say(firm: Firm) -> None:
    one, two = (Client.objects.create(name=name, created_at=NOW) for name in ("Hartwell", "Delacroix"))
    merged = Client.objects.create(name="Hartwell Ltd", created_at=NOW, merged_into=one)
    told = events(one, "a")
    settle(told, now=NOW)
    settle([Event(told[3].key, told[3].kind, one.pk, told[3].at, told[3].evidence, withdrawn=True)], now=NOW)
    settle([Event("m", "praise", merged.pk, NOW, ("message", uuid.UUID(int=1)))], now=NOW)
    before = list(Posting.objects.order_by("pk").values_list("pk", "amount", "policy"))
    seen = preview(other_text(), now=NOW)
    assert (list(Posting.objects.order_by("pk").values_list("pk", "amount", "policy")), seen.postings) == (before, 44)
    assert PolicyVersion.objects.count() == 1
    adopt(other_text(), why="To see", by=None, after=1, now=NOW)
    anew = events(two, "b")
    settle([*anew[:3], *anew[4:], Event("n", "praise", two.pk, NOW, ("message", uuid.UUID(int=1)))], now=NOW)
    found = queries.balances([one.pk, two.pk], at=NOW, now=NOW)
    (would,) = seen.clients
    assert (would.name, would.now, would.then) == ("Hartwell", found[one.pk].points, found[two.pk].points)
    assert would.more == would.then - would.now != 0
    assert abs(sum(kind.then for kind in seen.kinds) - found[two.pk].exact) <= len(KINDS)
    assert abs(sum(kind.now for kind in seen.kinds) - found[one.pk].exact) <= len(KINDS)
    again = preview(other_text(), now=NOW)  # over a history of two versions
    assert [(one.name, one.now, one.then) for one in again.clients if one.name == "Delacroix"] == [
        ("Delacroix", found[two.pk].points, found[two.pk].points)
    ]


def test_the_policy_that_holds_changes_nothing(firm: Firm) -> None:
    client = Client.objects.create(name="Hartwell", created_at=NOW)
    settle(events(client, "a"), now=NOW)
    seen = preview(shipped(), now=NOW)
    assert (seen.changed, [kind.more for kind in seen.kinds], seen.missing) == ([], [0] * len(KINDS), [])


def test_a_range_bounds_what_is_shown(firm: Firm) -> None:
    client = Client.objects.create(name="Hartwell", created_at=NOW)
    settle(events(client, "a"), now=NOW)
    seen = preview(shipped().replace("lowest = -100 ", "lowest = -3 "), now=NOW)
    assert [one.then for one in seen.clients] == [max(-3, seen.clients[0].now)]


def test_what_counted_for_nothing_is_named_as_missing(firm: Firm) -> None:
    client = Client.objects.create(name="Hartwell", created_at=NOW)
    settle(events(client, "a")[:1], now=NOW)
    quiet = shipped().replace("amount = 5\n", "amount = 0\n")
    adopt(quiet, why="Gestures are nobody's account", by=None, after=1, now=NOW)
    seen = preview(shipped(), now=NOW)
    assert (seen.missing, seen.missing_names) == (["gesture"], ["Gesture"])
    assert seen.kinds == [Moved("complaint", -348, -348)]


def test_before_anything_was_posted_there_is_nothing_to_see(firm: Firm) -> None:
    seen = preview(other_text(), now=NOW)
    assert (seen.clients, seen.kinds, seen.missing, seen.postings) == ([], [], [], 0)
    (held,) = versions()
    assert (held.number, held.text, held.at) == (1, shipped(), None)


def test_a_policy_that_cannot_be_applied_is_refused(firm: Firm) -> None:
    with pytest.raises(BadPolicy, match="half_life_days is a whole number from 7 to 3,650"):
        preview(shipped().replace("half_life_days = 180", "half_life_days = 1"), now=NOW)


def test_versions_say_who_when_why_and_what_changed(firm: Firm, member: Member) -> None:
    later = NOW + timedelta(days=1)
    adopt(other_text(), why="  Complaints\nare welcome. ", by=member, after=1, now=later)
    new, old = versions()
    assert (new.number, new.by, new.why, new.at) == (2, member.name, "Complaints are welcome.", later)
    assert new.changed == [Changed("complaint", -600, -250), Changed("recovery_yes", 1400, 2000)]
    assert (new.half_life_before, new.policy.version, read(new.text).version) == (180, 2, 2)
    assert (old.number, old.by, old.changed, old.half_life_before) == (1, "", [], None)
    assert version(1) == old


def test_a_reason_is_asked_for_and_who_was_quicker_is_not_written_over(firm: Firm) -> None:
    with pytest.raises(NoReason):
        adopt(other_text(), why=" ", by=None, after=1, now=NOW)
    assert PolicyVersion.objects.count() == 0
    adopt(other_text(), why="First", by=None, after=1, now=NOW)
    with pytest.raises(Overtaken, match="Version 2 was adopted meanwhile"):
        adopt(shipped(), why="Second", by=None, after=1, now=NOW)
    assert [one.why for one in versions()] == ["First", "As it comes"]
