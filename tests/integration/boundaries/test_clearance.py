"""Something that goes public, from its checks to its publication, and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.integration.boundaries.conftest import reader

from amends.boundaries.models import ClearanceCheck, ClearanceEvidence, Publication
from amends.boundaries.queries.clearance import due_by, progress, publications, publications_of
from amends.boundaries.refused import NotYours, Refused, Stale
from amends.boundaries.starting import ListKind, of_content
from amends.clients.actions.glossary import add_term
from amends.clients.models import Client, Engagement, Standing
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Member
from amends.flows.boundaries import clearance as flow
from amends.flows.boundaries.lists import write_list
from amends.insights.clearance import clearance_page
from amends.mail.models import Mailbox, Message, Visibility

SONG = "Name of the campaign or package"


@pytest.fixture
def package(work: Engagement, staff: Member) -> Publication:
    """Fly Like an Eagle."""
    values = {"what": "Fly Like an Eagle", "where": "Radio", "goes_on": (NOW + timedelta(days=3)).date()}
    return flow.announce(work.public_id, {**values, "answers": staff}, kind="pr", by=staff, now=NOW)


def settle(one: Publication, check: ClearanceCheck, state: str, by: Member, reason: str = "") -> ClearanceCheck:
    return flow.settle(one.public_id, check.public_id, state, reason=reason, by=by, now=NOW)


def rest(
    one: Publication, check: ClearanceCheck, by: Member, words: str = "Searched the register"
) -> ClearanceEvidence:
    return flow.rest_on(
        reader(by), one.public_id, check.public_id, kind="note", words=words, by=by, now=NOW
    )  # fmt: skip


def checks(one: Publication) -> list[ClearanceCheck]:
    return list(ClearanceCheck.objects.filter(publication=one).order_by("place"))


def test_the_checks_of_its_kind_come_along(package: Publication) -> None:
    names = [one.name for one in checks(package)]
    assert names[0] == "Names and titles"
    assert SONG in names
    assert len(names) == len(set(names))
    (one,) = publications_of(package.engagement)
    assert (one.checks, one.done, one.stopped, one.left) == (len(names), 0, 0, len(names))


def test_which_list_fits_is_suggested_and_the_firms_own_edition_counts(work: Engagement, partner: Member) -> None:
    assert flow.suggested(work) == ""
    Engagement.objects.update(kind="Software")
    work.refresh_from_db()
    assert flow.suggested(work) == "software"
    mine = of_content({"lines": [{"name": "Name of the app"}]}, kind=ListKind.CHECKS, slug="software", name="Apps")
    write_list(mine, seen=0, by=partner, now=NOW)
    made = flow.announce(work.public_id, {"what": "App"}, kind="software", by=partner, now=NOW)
    assert (made.edition, [one.name for one in checks(made)][-1]) == (1, "Name of the app")
    assert flow.suggested(work) == "", "an own list without words fits nothing by itself"


def test_it_is_cleared_with_its_last_check(package: Publication, staff: Member, people: dict[str, Member]) -> None:
    first, *others = checks(package)
    with pytest.raises(Refused, match="what you looked at"):
        settle(package, first, "clear", staff)
    kept = rest(package, first, staff)
    settle(package, first, "clear", staff)
    with pytest.raises(NotYours):
        settle(package, others[0], "not_needed", staff, "No music.")
    for one in others:
        settle(package, one, "not_needed", people["account_manager"], "A test.")
    package.refresh_from_db()
    assert package.state == "cleared"
    assert AuditEntry.objects.filter(did="clearance.cleared").count() == 1
    flow.take_away(package.public_id, kept.public_id, by=staff, now=NOW)
    package.refresh_from_db()
    assert package.state == "open", "a check that rests on nothing any more is open"
    flow.put_back(package.public_id, kept.public_id)
    settle(package, first, "clear", staff)
    package.refresh_from_db()
    assert package.state == "cleared"
    flow.add_check(package.public_id, "The helicopter", by=staff, now=NOW)
    package.refresh_from_db()
    assert package.state == "open"


def test_a_stop_is_lifted_by_whoever_put_it_or_by_a_partner(
    package: Publication, staff: Member, partner: Member, people: dict[str, Member]
) -> None:
    song = next(one for one in checks(package) if one.name == SONG)
    with pytest.raises(Refused):
        settle(package, song, "stopped", staff)
    settle(package, song, "stopped", staff, "It is a song of Steve Miller’s.")
    assert progress([package])[0].stopped == 1
    for role in ("account_manager",):
        with pytest.raises(NotYours):
            settle(package, song, "open", people[role])
    settle(package, song, "open", staff)
    settle(package, song, "stopped", people["account_manager"], "A lawyer called.")
    settle(package, song, "open", partner)


def test_of_two_who_settle_one_does(package: Publication, staff: Member) -> None:
    first = checks(package)[0]
    flow.settle(package.public_id, first.public_id, "stopped", reason="Wait.", version=1, by=staff, now=NOW)
    with pytest.raises(Stale):
        flow.settle(package.public_id, first.public_id, "stopped", reason="Wait.", version=1, by=staff, now=NOW)


def test_publishing_before_is_written_down_as_what_it_is(package: Publication, staff: Member, partner: Member) -> None:
    every = len(checks(package))
    out = flow.publish(package.public_id, version=1, by=staff, now=NOW)
    assert (out.state, out.open_then, out.settled_by) == ("published", every, staff)
    with pytest.raises(Stale):
        flow.publish(package.public_id, by=staff, now=NOW)
    for one in checks(package):
        settle(package, one, "not_needed", partner, "Taken down.")
    package.refresh_from_db()
    assert (package.state, package.open_then) == ("published", every), "what was looked at later changes no record"
    back = flow.take_back(package.public_id, version=out.version, by=staff, now=NOW)
    assert (back.state, back.open_then) == ("cleared", None)
    assert flow.publish(package.public_id, by=staff, now=NOW).open_then == 0
    assert [one.publication for one in publications(state="published")] == [package]


def test_what_does_not_go_public_changes_no_more(package: Publication, staff: Member) -> None:
    flow.drop(package.public_id, version=1, by=staff, now=NOW)
    for deed in (
        lambda: flow.change(package.public_id, {"what": "x"}, by=staff, now=NOW),
        lambda: flow.add_check(package.public_id, "x", by=staff, now=NOW),
        lambda: settle(package, checks(package)[0], "open", staff),
    ):
        with pytest.raises(Refused):
            deed()
    flow.take_back(package.public_id, by=staff, now=NOW)
    assert flow.change(package.public_id, {"what": "Fly"}, by=staff, now=NOW).what == "Fly"


@pytest.mark.parametrize(
    "values",
    [{"what": " "}, {"what": "x" * 201}, {"what": "x", "goes_on": (NOW + timedelta(days=2000)).date()}],
)
def test_what_cannot_be_is_refused(work: Engagement, staff: Member, values: dict[str, object]) -> None:
    with pytest.raises(Refused):
        flow.announce(work.public_id, values, by=staff, now=NOW)
    with pytest.raises(Refused):
        flow.announce(work.public_id, {"what": "x"}, kind="no-such", by=staff, now=NOW)
    assert not Publication.objects.exists()


def test_evidence_is_bounded_and_closed_mail_stays_closed(package: Publication, staff: Member, pace: Message) -> None:
    check = checks(package)[0]
    add: dict[str, Any] = {"publication_id": package.public_id, "check_id": check.public_id, "by": staff, "now": NOW}
    for wrong in (
        {"kind": "luck", "words": "x"}, {"kind": "note"}, {"kind": "link", "words": "javascript:alert(1)"},
        {"kind": "note", "words": "x" * 1001}, {"kind": "message"}, {"kind": "message", "message": uuid7()},
    ):  # fmt: skip
        with pytest.raises(Refused):
            flow.rest_on(reader(staff), **add, **wrong)
    made = flow.rest_on(reader(staff), **add, kind="message", message=pace.public_id)
    assert flow.rest_on(reader(staff), **add, kind="message", message=pace.public_id) == made
    (shown,) = clearance_page(reader(staff), package.public_id).checks[0].rests
    assert (shown.message, shown.subject) == (pace.public_id, "Re: The launch")
    Mailbox.objects.update(visibility=Visibility.METADATA)
    closed = clearance_page(reader(staff), package.public_id)
    (shown,) = closed.checks[0].rests
    assert (shown.hidden, shown.message, shown.thread, shown.subject, shown.who) == (True, None, None, "", "")
    assert closed.recent == []


def test_what_is_due_in_these_days(package: Publication, staff: Member, partner: Member) -> None:
    today = NOW.date()
    assert due_by(today + timedelta(days=2)) == []
    assert [one.publication for one in due_by(today + timedelta(days=3))] == [package]
    check = checks(package)[1]
    flow.assign(package.public_id, check.public_id, owner=partner, by_when=today, now=NOW)
    (row,) = due_by(today)
    assert (row.publication, row.next_on) == (package, today)
    settle(package, check, "not_needed", partner, "None.")
    assert due_by(today) == []


def test_the_words_are_looked_through_for_other_clients_and_the_glossary(
    package: Publication, staff: Member, client_of_ours: Client
) -> None:
    assert flow.look(reader(staff), package, now=NOW) == []
    Client.objects.create(
        name="Delacroix Wines", standing=Standing.CLIENT, standing_fixed=True, created_at=NOW
    )  # fmt: skip
    add_term(client_of_ours, "customers", right="guests", why="", by=staff, now=NOW)
    text = "Hartwell and Delacroix Wines welcome their customers. This is all your fault, you idiots."
    flow.paste(package.public_id, text)
    package.refresh_from_db()
    found = {(one.family, one.quote) for one in flow.look(reader(staff), package, now=NOW)}
    assert found == {("glossary", "customers"), ("other_client_name", "Delacroix Wines")}
    with pytest.raises(Refused):
        flow.paste(package.public_id, "x" * 20_001)
