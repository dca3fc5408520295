"""A readiness gate from its opening to its passing, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.integration.boundaries.conftest import ADVICE, PACE, reader

from amends.boundaries.models import Gate, GateQuestion, GateState
from amends.boundaries.queries.gates import is_new, missing_in
from amends.boundaries.queries.lists import lists, one_list
from amends.boundaries.refused import NotYours, Refused, Stale
from amends.boundaries.starting import ListKind, of_content
from amends.clients.actions.glossary import add_term
from amends.clients.models import Client, Engagement, TimeEntry
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Member
from amends.firm.queries import firm_in_scope
from amends.flows.boundaries import gates as flow
from amends.flows.boundaries.lists import write_list
from amends.flows.engagements import begin
from amends.insights.gates import begun_before_ready, gate_page, not_ready_for, standing_of
from amends.insights.recovery.evidence import suggestions
from amends.mail.models import Mailbox, Message, Visibility
from amends.recovery.models import Issue, Recovery


def agreed(gate: Gate, by: Member) -> None:
    """All that a gate asks for."""
    add_term(gate.engagement.client, "customers", right="guests", why="", by=by, now=NOW)
    for part in ("glossary", "pace"):
        flow.show(reader(by), gate.public_id, part=part, words="By telephone", said_on=NOW.date(), by=by, now=NOW)
    for one in GateQuestion.objects.filter(gate=gate):
        flow.answer(gate.public_id, one.public_id, "Yes.", told_by="Petra", by=by, now=NOW)


def test_a_gate_opens_in_an_industry_that_is_new(gate: Gate) -> None:
    assert (gate.state, gate.industry, gate.by_hand) == ("open", "Hospitality & Tourism", False)
    asked = list(GateQuestion.objects.filter(gate=gate).order_by("place").values_list("question", flat=True))
    assert any("wince" in one for one in asked)
    assert any("package" in one for one in asked), "the list for travel belongs to it"
    assert AuditEntry.objects.get(did="gate.opened").detail == {"industry": "Hospitality & Tourism"}
    assert [str(one) for one in missing_in([gate])[gate.pk]] == ["terms", "glossary", "answers", "pace"]


@pytest.mark.parametrize(("industry", "ago", "new"), [
    ("hospitality and tourism", 90, False), ("Hospitality and Tourism", 89, True), ("Health", 900, True),
])  # fmt: skip
def test_what_was_served_three_months_ago_is_known(
    client_of_ours: Client, partner: Member, earlier: Callable[[str, int], Engagement], industry: str, ago: int,
    new: bool,
) -> None:  # fmt: skip
    earlier(industry, ago)
    made = begin(client_of_ours, {"name": "Launch", "starts_on": NOW.date()}, member=partner, now=NOW)
    assert is_new(made) is new
    assert Gate.objects.exists() is new


def test_no_gate_opens_where_nobody_said_the_industry(client_of_ours: Client, partner: Member) -> None:
    Client.objects.update(industry="")
    client = Client.objects.get()
    begin(client, {"name": "Launch"}, member=partner, now=NOW)
    old = begin(client, {"name": "Old", "starts_on": (NOW - timedelta(days=31)).date()}, member=partner, now=NOW)
    assert not Gate.objects.exists()
    Client.objects.update(industry="Health")
    made = flow.consider_client(Client.objects.get(), by=partner, now=NOW)
    assert [one.engagement.name for one in made] == ["Launch"]
    assert flow.consider_client(Client.objects.get(), by=partner, now=NOW) == []
    assert flow.open_by_hand(old.public_id, by=partner, now=NOW).by_hand
    with pytest.raises(Refused):
        flow.open_by_hand(old.public_id, by=partner, now=NOW)


def test_it_passes_when_all_is_there_and_can_be_undone(gate: Gate, staff: Member) -> None:
    with pytest.raises(Refused, match="the pace was not agreed in writing"):
        flow.let_pass(gate.public_id, by=staff, now=NOW)
    agreed(gate, staff)
    assert missing_in([gate])[gate.pk] == []
    passed = flow.let_pass(gate.public_id, version=1, by=staff, now=NOW)
    assert (passed.state, passed.version, passed.settled_by) == ("passed", 2, staff)
    with pytest.raises(Stale):
        flow.open_again(gate.public_id, version=1, by=staff, now=NOW)
    assert flow.open_again(gate.public_id, version=2, by=staff, now=NOW).state == "open"


def test_of_two_who_settle_one_does(gate: Gate, partner: Member) -> None:
    flow.override(gate.public_id, why="The client waits.", version=1, by=partner, now=NOW)
    with pytest.raises(Refused, match="settled"):
        flow.override(gate.public_id, why="Mine.", version=1, by=partner, now=NOW)


def test_overriding_needs_a_partner_and_a_reason(gate: Gate, partner: Member, people: dict[str, Member]) -> None:
    for role in ("staff", "account_manager", "finance_viewer"):
        with pytest.raises(NotYours):
            flow.override(gate.public_id, why="We are in a hurry.", by=people[role], now=NOW)
    with pytest.raises(Refused, match="Say why"):
        flow.override(gate.public_id, why=" ", by=partner, now=NOW)
    made = flow.override(gate.public_id, why="They know the risk.", by=partner, now=NOW)
    assert (made.state, made.why) == (GateState.OVERRIDDEN, "They know the risk.")
    assert AuditEntry.objects.get(did="gate.overridden").detail == {
        "missing": ["terms", "glossary", "answers", "pace"]
    }  # fmt: skip
    with pytest.raises(NotYours):
        flow.open_again(gate.public_id, by=people["account_manager"], now=NOW)
    assert flow.open_again(gate.public_id, by=partner, now=NOW).state == "open"


def test_evidence_is_a_message_of_this_client_with_these_words(gate: Gate, staff: Member, pace: Message) -> None:
    who = reader(staff)
    made = flow.show(who, gate.public_id, part="pace", message=pace.public_id, quote=PACE, by=staff, now=NOW)
    assert (made.about, made.quote, made.said_on) == (pace.public_id, PACE, pace.sent_at.date())
    again = flow.show(who, gate.public_id, part="pace", message=pace.public_id, quote=PACE, by=staff, now=NOW)
    assert again == made
    for wrong in (
        {"message": uuid7()}, {"message": pace.public_id, "quote": "We agree to June."}, {"words": "By telephone"},
        {"words": "Tomorrow", "said_on": (NOW + timedelta(days=2)).date()}, {"said_on": NOW.date()},
        {"words": "x" * 1001, "said_on": NOW.date()},
    ):  # fmt: skip
        with pytest.raises(Refused):
            flow.show(who, gate.public_id, part="glossary", by=staff, now=NOW, **wrong)
    with pytest.raises(Refused):
        flow.show(who, gate.public_id, part="luck", words="x", said_on=NOW.date(), by=staff, now=NOW)
    flow.take_away(gate.public_id, made.public_id, by=staff, now=NOW)
    with pytest.raises(Stale):
        flow.take_away(gate.public_id, made.public_id, by=staff, now=NOW)
    assert gate_page(who, gate.public_id).proofs["pace"] == []
    flow.put_back(gate.public_id, made.public_id, by=staff, now=NOW)
    assert [one.quote for one in gate_page(who, gate.public_id).proofs["pace"]] == [PACE]


def test_mail_is_offered_as_evidence_to_whoever_may_read_it(gate: Gate, staff: Member, pace: Message) -> None:
    found = gate_page(reader(staff), gate.public_id)
    assert [one.quote for one in found.offered["pace"]][:1] == [PACE]
    assert [one.quote for one in found.offered["advice"]] == [ADVICE]
    flow.show(reader(staff), gate.public_id, part="pace", message=pace.public_id, quote=PACE, by=staff, now=NOW)
    Mailbox.objects.update(visibility=Visibility.METADATA)
    closed = gate_page(reader(staff), gate.public_id)
    assert closed.offered == {"glossary": [], "pace": [], "advice": []}
    (one,) = closed.proofs["pace"]
    assert (one.hidden, one.quote, one.message, one.thread, one.who, one.subject) == (True, "", None, None, "", "")
    with pytest.raises(Refused):
        flow.show(reader(staff), gate.public_id, part="glossary", message=pace.public_id, by=staff, now=NOW)


def test_questions_are_the_gates_own(gate: Gate, staff: Member) -> None:
    made = flow.ask(gate.public_id, "Who reads it first?", why="They see it at once.")
    flow.answer(gate.public_id, made.public_id, "Ms Vane", told_by="Petra", version=1, by=staff, now=NOW)
    with pytest.raises(Stale):
        flow.answer(gate.public_id, made.public_id, "Mr Moss", told_by="Jo", version=1, by=staff, now=NOW)
    made.refresh_from_db()
    assert (made.answer, made.told_by, made.answered_by) == ("Ms Vane", "Petra", staff)
    flow.reword(gate.public_id, made.public_id, "Who reads it before us all?", why="")
    flow.drop_question(gate.public_id, made.public_id, now=NOW)
    assert made.question not in [one.question for one in gate_page(reader(staff), gate.public_id).questions]
    flow.bring_question_back(gate.public_id, made.public_id)
    assert gate_page(reader(staff), gate.public_id).questions[-1].question == "Who reads it before us all?"
    for wrong in ("", "x" * 301):
        with pytest.raises(Refused):
            flow.ask(gate.public_id, wrong)


def test_work_that_begins_before_is_seen(gate: Gate, work: Engagement, partner: Member) -> None:
    def booked(day: int, mark: str) -> None:
        TimeEntry.objects.create(
            engagement=work, person="Ada", day=(NOW + timedelta(days=day)).date(), seconds=3600, source="toggl",
            fingerprint=mark, created_at=NOW,
        )  # fmt: skip

    booked(-1, "before")
    assert begun_before_ready() == []
    booked(1, "one")
    booked(2, "two")
    (one,) = begun_before_ready()
    assert (one.gate, one.began, one.seconds) == (gate, (NOW + timedelta(days=1)).date(), 7200)
    assert [each.gate for each in not_ready_for(work.client)] == [gate]
    flow.override(gate.public_id, why="They know the risk.", by=partner, now=NOW)
    assert begun_before_ready() == []
    assert not_ready_for(work.client) == []
    standing = standing_of(work)
    assert standing is not None
    assert standing.gate.state == "overridden"


def test_a_list_of_the_firm_stands_before_the_shipped_one(gate: Gate, partner: Member, staff: Member) -> None:
    travel = one_list(ListKind.QUESTIONS, "travel")
    assert travel is not None
    mine = of_content(
        {"words": ["tourism"], "lines": [{"name": "Who is called at night?"}]}, kind=ListKind.QUESTIONS, slug="travel",
        name="Travel",
    )  # fmt: skip
    with pytest.raises(NotYours):
        write_list(mine, seen=0, by=staff, now=NOW)
    assert write_list(mine, seen=0, by=partner, now=NOW).edition == 1
    with pytest.raises(Stale):
        write_list(mine, seen=0, by=partner, now=NOW)
    now_it_is = one_list(ListKind.QUESTIONS, "travel")
    assert now_it_is is not None
    assert (now_it_is.edition, [line.name for line in now_it_is.lines]) == (1, ["Who is called at night?"])
    gone = of_content({}, kind=ListKind.QUESTIONS, slug="travel", name="Travel", retired=True)
    write_list(gone, seen=1, by=partner, now=NOW)
    assert "travel" not in [one.slug for one in lists(ListKind.QUESTIONS)]
    assert GateQuestion.objects.filter(gate=gate).exists(), "a gate keeps the questions that it began with"


def test_advice_kept_at_a_gate_is_offered_to_a_recovery_first(gate: Gate, staff: Member, pace: Message) -> None:
    who, counsel = reader(staff), Message.objects.get(message_id="advice@studio.example")
    flow.show(who, gate.public_id, part="advice", message=counsel.public_id, quote=ADVICE, by=staff, now=NOW)
    made = Recovery.objects.create(client=gate.engagement.client, title="x", began_at=NOW, opened_at=NOW)
    issue = Issue.objects.create(recovery=made, place=1, quote="The release was wrong.", said_at=NOW, at=NOW)
    found = suggestions(who, firm_in_scope(), issue).advice
    assert [(one.about, one.quote) for one in found] == [(counsel.public_id, ADVICE)]
    Mailbox.objects.update(visibility=Visibility.METADATA)
    assert suggestions(reader(staff), firm_in_scope(), issue).advice == []
