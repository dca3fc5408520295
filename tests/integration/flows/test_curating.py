"""What a person says of clients holds: through merging, splitting, and every later import."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.letters import OURS, days, judged, letter

from amends.clients.actions.curate import NameMissing
from amends.clients.models import Client, Contact, Domain, Standing
from amends.firm.models import Firm, Member
from amends.flows.curate import OnlyDomain, SameClient, merge, rename, set_standing, split
from amends.insights.today import live_signals, today
from amends.mail.models import Message, Thread, Traffic
from amends.mail.queries import SYSTEM
from amends.signals.actions import NoSuchSignal, respond, undo
from amends.signals.models import Action, Response, Signal

COMPLAINT = "The site is broken again. I am very disappointed.\n"


def _letter(number: float, domain: str, text: str = "Dear Ada,\n\na note on the plan.\n") -> bytes:
    return letter(text, sender=f"Petra Vane <petra@{domain}>", at=NOW - days(number), message_id=f"{number}@{domain}")


@pytest.fixture
def two(firm: Firm) -> tuple[Client, Client]:
    """Two clients that are one house in truth: "elm.example" complained, "elm-group.example" wrote twice."""
    ours = letter("Thank you.\n", sender=OURS, to="petra@elm.example", at=NOW - days(20), subject="Hello Petra")
    judged(_letter(3, "elm.example", COMPLAINT), _letter(5, "elm-group.example"), _letter(9, "elm-group.example"), ours,
           now=NOW)  # fmt: skip
    return _client("elm-group.example"), _client("elm.example")


def _client(domain: str) -> Client:
    return Domain.objects.select_related("client").get(value=domain).client


def _counts(client: Client) -> tuple[int, int, int, int]:
    client.refresh_from_db()
    traffic = sum(row.received + row.sent for row in Traffic.objects.filter(client=client))
    return client.received, client.sent, Message.objects.filter(client=client).count(), traffic


def test_merged_clients_are_one_now_and_after_the_next_import(
    two: tuple[Client, Client], firm: Firm, member: Member
) -> None:
    source, target = two
    merge(source, target, member=member, now=NOW)
    assert (_counts(target), _counts(source)) == ((3, 1, 4, 4), (0, 0, 0, 0))
    assert sorted(target.domains.values_list("value", flat=True)) == ["elm-group.example", "elm.example"]
    assert {contact.client_id for contact in Contact.objects.all()} == {target.pk}
    assert {thread.client_id for thread in Thread.objects.all()} == {target.pk}
    judged(_letter(1, "elm-group.example", COMPLAINT), now=NOW)
    assert _counts(target) == (4, 1, 5, 5)
    assert [row.public_id for row in today(SYSTEM, firm, now=NOW).rows] == [target.public_id]
    for wrong in (target, source):
        with pytest.raises(SameClient):
            merge(target, wrong, member=member, now=NOW)


def test_split_clients_are_two_now_and_after_the_next_import(
    two: tuple[Client, Client], firm: Firm, member: Member
) -> None:
    source, target = two
    merge(source, target, member=member, now=NOW)
    made = split(Domain.objects.get(value="elm-group.example"), "Elm Group", member=member, now=NOW)
    assert (_counts(target), _counts(made)) == ((1, 1, 2, 2), (2, 0, 2, 2))
    judged(_letter(1, "elm-group.example", COMPLAINT), now=NOW)
    assert (_counts(made), made.name) == ((3, 0, 3, 3), "Elm Group")
    assert {signal.client_id for signal in live_signals(SYSTEM, firm, at=NOW)} == {target.pk, made.pk}
    with pytest.raises(OnlyDomain):
        split(Domain.objects.get(value="elm.example"), "Again", member=member, now=NOW)


def test_a_name_given_stays(two: tuple[Client, Client], member: Member) -> None:
    client = two[1]
    rename(client, "  The  Elm House ", member=member)
    judged(letter("Yours,\n\nPetra Vane\nElm Example Ltd\n", sender="petra@elm.example", at=NOW - days(1)), now=NOW)
    client.refresh_from_db()
    assert (client.name, client.named_by) == ("The Elm House", member)
    with pytest.raises(NameMissing):
        rename(client, "   ", member=member)


def test_not_a_client_stays_so_and_is_known_from_then_on(
    two: tuple[Client, Client], firm: Firm, member: Member
) -> None:
    client, decided = two[1], NOW - days(1)
    assert len(today(SYSTEM, firm, now=NOW).rows) == 1
    set_standing(client, Standing.NOT_A_CLIENT, why="our landlord", member=member, now=decided)
    judged(_letter(0.5, "elm.example", COMPLAINT), now=NOW)
    client.refresh_from_db()
    assert (client.standing, client.standing_why) == ("not_a_client", "our landlord")
    assert today(SYSTEM, firm, now=NOW).rows == []
    assert today(SYSTEM, firm, now=NOW, at=NOW).rows == []
    assert len(today(SYSTEM, firm, now=NOW, at=decided - days(1)).rows) == 1  # nobody had said so then


# -- answers ------------------------------------------------------------------------------------------------------


def test_answers_count_until_they_are_taken_back(two: tuple[Client, Client], firm: Firm, member: Member) -> None:
    def owners() -> list[str | None]:
        return [row.owner for row in today(SYSTEM, firm, now=NOW).rows]

    signals = today(SYSTEM, firm, now=NOW).rows[0].reasons
    ids = [key for reason in signals for key in reason.signals]
    own = respond(ids, action=Action.OWN, member=member, at=NOW)
    assert owners() == ["Ada Moss"]
    assert undo(own, at=NOW) == len(ids)
    assert undo(own, at=NOW) == 0
    assert owners() == [None]
    later = respond(ids, action=Action.LATER, member=member, at=NOW, until=NOW + days(2))
    assert owners() == []
    assert len(today(SYSTEM, firm, now=NOW + days(3)).rows) == 1
    undo(later, at=NOW)
    respond(ids, action=Action.NOT_AN_ISSUE, member=member, at=NOW, why="a joke between friends")
    assert owners() == []
    assert set(Response.objects.filter(action="not_an_issue").values_list("why", flat=True)) == {
        "a joke between friends"
    }


def test_an_answer_to_nothing_is_refused(firm: Firm, member: Member) -> None:
    with pytest.raises(NoSuchSignal):
        respond([member.public_id], action=Action.OWN, member=member, at=NOW)


def test_answers_survive_judging_again(two: tuple[Client, Client], firm: Firm, member: Member) -> None:
    keys = list(Signal.objects.values_list("public_id", flat=True))
    respond(keys, action=Action.NOT_AN_ISSUE, member=member, at=NOW, why="known")
    Message.objects.update(judged=0)
    Thread.objects.update(touched_at=NOW)
    Client.objects.update(touched_at=NOW)
    judged(_letter(40, "elm.example"), now=NOW)
    assert today(SYSTEM, firm, now=NOW).rows == []
    assert set(Signal.objects.values_list("public_id", flat=True)) >= set(keys)
