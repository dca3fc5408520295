"""Forgetting somebody: what goes, what stays, that it does not come back, and that it can be cut off anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from tests.conftest import NOW
from tests.forgetting import (
    BECOMES,
    JO,
    OTHER,
    SECRET,
    XAN,
    everything,
    forget,
    hours,
    left,
    write,
    xanthippe,
)
from tests.letters import OURS, bring, days, digests, letter, mailbox

from amends.clients.actions.curate import add_engagement
from amends.clients.models import (
    Client,
    Contact,
    ContactAddress,
    Domain,
    Engagement,
    Erased,
    Standing,
    TimeEntry,
)  # fmt: skip
from amends.firm.models import AuditEntry, Firm, Member
from amends.firm.scope import FirmRow, firm_scope
from amends.flows.curate import merge
from amends.flows.keep.erase import run as erasing
from amends.flows.keep.erase.orphans import orphans
from amends.flows.keep.erase.plan import plan
from amends.flows.keep.erase.whom import NobodyThere, OneOfOurs, WhoIsMeant, find_whom
from amends.flows.keep.lock import BYTES, HomeInUse, together
from amends.flows.keep.verify import verify
from amends.flows.set_up import found_firm
from amends.mail.actions.store import store
from amends.mail.models import ImportRun, Message, RunState, Thread, Traffic
from amends.mail.queries import SYSTEM, search, unindexed
from amends.mail.raw import raw_store
from amends.signals.models import Signal

pytestmark = pytest.mark.usefixtures("empty_index")


def test_it_is_known_what_becomes_of_every_row() -> None:
    assert {model.__name__ for model in apps.get_models() if issubclass(model, FirmRow)} == set(BECOMES), (
        "say here what `amends erase` does with rows of a new model, and in docs/how-to/forget-somebody.md"
    )


def test_a_plan_changes_nothing_and_counts(full: Firm, home: Path) -> None:
    hours(xanthippe())
    before = everything()
    made = plan(find_whom("xanthippe.example"), now=NOW)
    counts = made.as_json()
    assert (counts["kind"], counts["id"]) == ("client", str(xanthippe().public_id))
    assert (counts["messages"], counts["arrivals"], counts["named"]) == (5, 5, 2)
    assert (counts["contacts"], counts["addresses"], counts["domains"]) == (2, 2, 1)
    assert (counts["engagements"], counts["time_entries"], counts["uploads"]) == (1, 1, 1)
    assert counts["signals"] == counts["answers"] > 0
    assert (counts["corrections"], counts["conversations"], counts["quoting"]) == (1, 2, 0)
    assert everything() == before
    assert (home / "uploads" / "1").exists()


@pytest.mark.parametrize("who", ["xanthippe.example", "Xanthippe", "xanthippe", "id"])
def test_a_client_goes_with_all_that_is_theirs(full: Firm, who: str, home: Path) -> None:
    client = xanthippe()
    client.name = SECRET
    client.save()
    raws = set(Message.objects.filter(client=client).values_list("raw", flat=True))
    forget(str(client.public_id) if who == "id" else who, everywhere=True)
    assert left() == {"7@x"}
    found = everything()
    for word in (SECRET, SECRET.lower(), "Vane", "Müller"):
        assert word not in found
    assert raw_store().known(sorted(raws)) == set()
    assert not any((home / "uploads").iterdir())
    assert search(SYSTEM, SECRET) == search(SYSTEM, "furious") == []
    assert len(search(SYSTEM, "thank")) == 1
    assert unindexed() == 0
    assert verify().whole
    assert not Traffic.objects.filter(client=client.pk).exists()
    assert not Signal.objects.filter(client=client.pk).exists()
    assert set(Thread.objects.values_list("subject", flat=True)) == {"Another matter"}


def test_a_line_of_the_audit_log_says_that_it_was_done_and_nothing_more(full: Firm) -> None:
    number = xanthippe().public_id
    forget("xanthippe.example", everywhere=True)
    lines = {entry.did: entry for entry in AuditEntry.objects.all()}
    done = lines["client.erased"]
    assert (done.about, done.detail["messages"]) == (f"client {number}", 7)
    assert (lines["client.renamed"].about, lines["client.renamed"].detail) == (f"client {number}", {})
    assert (lines["mailbox.read"].about, lines["mailbox.read"].detail) == ("erased", {})
    assert (lines["member.invited"].about, lines["member.invited"].detail) == ("bob@studio.example", {"role": "staff"})
    (run,) = ImportRun.objects.filter(state=RunState.DONE)
    assert (run.label, run.sources) == ("an archive", [])
    assert run.report["set_aside"] == [{"source": "erased", "reason": "odd"}]


def test_what_others_wrote_stays_unless_it_is_asked_for(full: Firm) -> None:
    forget("xanthippe.example")
    assert left() == {"6@x", "7@x", "8@x"}
    assert not Domain.objects.filter(value="xanthippe.example").exists()


def test_messages_that_only_speak_of_them_are_counted_and_stay(full: Firm) -> None:
    bring(write(24, f"{SECRET} was angry.", sender=OTHER, subject="Gossip"), now=NOW)
    Client.objects.filter(domains__value="xanthippe.example").update(name=SECRET)
    assert plan(find_whom("xanthippe.example"), now=NOW).counts["mentioning"] == 1
    forget("xanthippe.example", everywhere=True)
    assert left() == {"7@x", "24@x"}


def test_hours_stay_as_numbers(full: Firm) -> None:
    client, entry = xanthippe(), hours(xanthippe())
    add_engagement(client, name="no hours", now=NOW)
    forget("xanthippe.example", everywhere=True)
    client.refresh_from_db()
    entry.refresh_from_db()
    assert (client.name, client.standing, client.received, client.sent) == ("Erased", Standing.NOT_A_CLIENT, 0, 0)
    assert (entry.seconds, entry.person, entry.description, entry.tags, entry.project) == (5400, "Ada Moss", "", [], "")
    assert Engagement.objects.get().name == "Erased"
    assert SECRET not in everything()


def test_a_person_goes_and_their_client_stays(full: Firm) -> None:
    client, entry = xanthippe(), hours(xanthippe(), "the printer")
    spoken = TimeEntry.objects.create(
        engagement=entry.engagement, person="Ada", day=NOW.date(), seconds=60, source="toggl", tags=["Jo Vane"],
        description="jo vane called", fingerprint="1" * 64, created_at=NOW,
    )  # fmt: skip
    counts = plan(find_whom("Jo Vane"), now=NOW).as_json()
    assert (counts["kind"], counts["messages"], counts["named"], counts["quoting"]) == ("person", 1, 1, 1)
    forget("jo@xanthippe.example")
    assert left() == {"1@x", "2@x", "4@x", "5@x", "6@x", "7@x", "8@x"}
    assert not ContactAddress.objects.filter(email="jo@xanthippe.example").exists()
    client.refresh_from_db()
    assert (client.received, client.sent) == (1, 2)
    assert list(Traffic.objects.filter(client=client).values_list("received", "sent").order_by("day")) == [
        (1, 0), (0, 1), (0, 1),
    ]  # fmt: skip
    thread = Thread.objects.get(subject="Re: The plan")
    assert (thread.message_count, thread.first_at) == (1, NOW - days(26))
    spoken.refresh_from_db()
    entry.refresh_from_db()
    assert (spoken.description, spoken.tags, entry.description) == ("", [], "Call with the printer")
    forget("xan@xanthippe.example", everywhere=True)
    assert left() == {"5@x", "7@x"}
    assert Contact.objects.filter(client=client).count() == 0


def test_an_old_issue_that_came_back_forgets_what_it_quotes(full: Firm) -> None:
    first = Message.objects.get(message_id="1@x")
    back = Signal.objects.create(
        client=xanthippe(), kind="returning_issue", message=Message.objects.get(message_id="3@x"), quote="We wait.",
        rule="returning", confidence=0.9, said_at=NOW, raised_at=NOW, key="returning_issue:1",
        detail={"earlier_quote": SECRET, "earlier_message": str(first.public_id)},
    )  # fmt: skip
    forget("xan@xanthippe.example")
    assert not Signal.objects.filter(pk=back.pk).exists()


def test_somebody_at_a_free_mail_provider_is_the_client(firm: Firm) -> None:
    sender = "Jo Smith <jo.smith@gmail.com>"
    bring(write(1, "Hello.", sender=sender), write(2, "Hello.", sender=OURS, to=sender), now=NOW)
    assert find_whom("Jo Smith").kind == find_whom("jo.smith@gmail.com").kind == "client"
    forget("jo.smith@gmail.com")
    assert (Message.objects.count(), Client.objects.count(), Contact.objects.count()) == (0, 0, 0)


def test_an_address_that_no_contact_has(firm: Firm) -> None:
    bring(write(1, "News.", sender="news@paper.example", headers={"List-Unsubscribe": "<https://x.example>"}), now=NOW)
    assert find_whom("news@paper.example").kind == "address"
    forget("news@paper.example")
    assert Message.objects.count() == 0


def test_a_client_with_another_merged_into_it(full: Firm, member: Member) -> None:
    merge(xanthippe(), Client.objects.get(domains__value="hartwell.example"), member=member, now=NOW)
    assert find_whom("xanthippe.example").client == find_whom("hartwell.example").client
    forget("hartwell.example")
    assert set(Client.objects.values_list("name", flat=True)) == {"Erased"}  # the lines of its account stay
    assert Message.objects.count() == 0
    assert SECRET not in everything()


def test_who_is_meant(full: Firm) -> None:
    with pytest.raises(NobodyThere, match="Nobody is called 'Nobody'"):
        find_whom("Nobody")
    for own in ("ada@studio.example", "studio.example"):
        with pytest.raises(OneOfOurs):
            find_whom(own)
    made = Client.objects.create(name="Hartwell", created_at=NOW)
    with pytest.raises(WhoIsMeant, match=str(made.public_id)):
        find_whom("hartwell")


def test_another_firms_client_is_not_there(full: Firm, letters: dict[str, bytes]) -> None:
    other = found_firm(["studio.example"], now=NOW, name="Rivals")
    with firm_scope(other):
        bring(*letters.values(), now=NOW)
    forget("xanthippe.example", everywhere=True)
    with firm_scope(other):
        assert Message.objects.count() == len(letters)
        assert len(search(SYSTEM, SECRET)) > 0
        assert verify().whole
        assert not Erased.objects.exists()
        assert bring(write(20, "More.", sender=XAN), now=NOW).imported == 1


# -- it does not come back ----------------------------------------------------------------------------------------


def test_the_same_archive_brings_nothing_back(full: Firm, letters: dict[str, bytes]) -> None:
    forget("xanthippe.example", everywhere=True)
    before = everything()
    again = bring(*letters.values(), now=NOW)
    assert (again.imported, again.duplicates, dict(again.skipped)) == (0, 1, {"erased": 7})
    assert everything() == before
    assert list(orphans()) == []


def test_old_mail_of_theirs_that_was_never_seen_stays_out_and_new_mail_comes_in(full: Firm) -> None:
    forget("xanthippe.example")
    old = [
        write(11, "Old.", sender=XAN), write(12, "Old.", sender=OURS, to=JO),
        write(13, "Old.", sender=OURS, to=f"{JO}, {OTHER}"),
    ]  # fmt: skip
    others = [write(14, "Old.", sender=OURS, to=f"{OTHER}, {JO}"), write(15, "Old.", sender=OTHER, to=OURS)]
    came = bring(*old, *others, letter("A new matter.", at=NOW + days(1), sender=XAN, message_id="16@x"), now=NOW)
    assert (came.imported, dict(came.skipped)) == (3, {"erased": 3})
    assert {"14@x", "15@x", "16@x"} <= left()


def test_an_import_that_was_under_way_brings_nothing_back(
    full: Firm, letters: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had asked before the marks were there, and writes its rows after them."""
    late = write(17, "Late.", sender=XAN)
    read = digests([late, write(18, "Late.", sender=OTHER)], now=NOW)
    box = mailbox(now=NOW)
    kept = raw_store().put

    def put(items: Any) -> None:
        kept(items)
        forget("xanthippe.example")

    monkeypatch.setattr(raw_store(), "put", put)
    came = store(read, mailbox=box, now=NOW)
    assert (came.imported, dict(came.skipped)) == (1, {"erased": 1})
    assert raw_store().known([read[0].packed.sha256]) == set()


def test_bytes_that_an_import_left_without_rows_go_too(full: Firm) -> None:
    theirs, others = digests([write(21, SECRET, sender=XAN), write(22, "Hello.", sender=OTHER)], now=NOW)
    raw_store().put([theirs.packed, others.packed])
    assert set(orphans()) == {theirs.packed.sha256, others.packed.sha256}
    forget("xanthippe.example")
    assert list(orphans()) == [others.packed.sha256]


def test_nothing_erased_costs_an_import_two_small_questions(full: Firm, django_assert_num_queries: Any) -> None:
    from amends.mail.actions.erased import erased

    read = digests([write(number, "More.", sender=XAN) for number in range(30, 60)], now=NOW)
    with django_assert_num_queries(1):
        assert erased(read) == set()
    forget("xanthippe.example")
    with django_assert_num_queries(3):
        assert len(erased(read)) > 0


# -- cut off ------------------------------------------------------------------------------------------------------


class Cut(Exception):
    """The power fails."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "step",
    [
        "forget_drafts",
        "forget_messages",
        "settle_conversations",
        "forget_orphans",
        "_forget_words",
        "_forget_rows",
        "judge_new",
    ],
)
@pytest.mark.parametrize("who", ["xanthippe.example", "xan@xanthippe.example"])
def test_cut_off_at_any_step_it_is_run_again_and_finishes(
    full: Firm, step: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_BATCH", 2)
    whole, calls = getattr(erasing, step), 0

    def cut(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == (2 if step in {"forget_messages", "settle_conversations"} else 1):
            raise Cut
        return whole(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(erasing, step, cut)
        with pytest.raises(Cut):
            forget(who, everywhere=True)
    assert calls > 0
    forget(who, everywhere=True)
    assert {word for word in ("Müller", "xan@xanthippe.example", "furious") if word in everything()} == set()
    assert verify().whole
    assert unindexed() == 0
    assert search(SYSTEM, "furious") == search(SYSTEM, "Müller") == []


def test_not_beside_a_backup_or_an_export(full: Firm, home: Path) -> None:
    with together(home / BYTES, because=""), pytest.raises(HomeInUse, match="backup or an export"):
        forget("xanthippe.example")
    assert len(left()) == 8


# -- the index ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite's index must be told the words")
def test_the_index_keeps_no_word_of_theirs(full: Firm) -> None:
    odd = "Straße ﬁn İstanbul e\u0301té 東京都 ١٢٣ x" + "y" * 300 + " a.b@c-d ’twas Ǆ ſ ẞ"
    bring(write(23, odd, sender=XAN, subject=odd[:60]), now=NOW)
    forget("xanthippe.example", everywhere=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, mail_search, row)")
        cursor.execute("SELECT term FROM temp.words")
        words = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM mail_search_docsize")
        assert cursor.fetchone()[0] == Message.objects.count()
        cursor.execute("INSERT INTO mail_search (mail_search) VALUES ('integrity-check')")
        cursor.execute("DROP TABLE temp.words")
    assert {"xanthippe", "strasse", "straße", "furious", "muller", "東京都"} & words == set()
    assert {"thank", "hartwell"} <= words


def test_the_names_of_people_are_not_kept(full: Firm) -> None:
    forget("xanthippe.example")
    marks = json.dumps(list(Erased.objects.values_list("mark", flat=True)))
    assert "xanthippe" not in marks.lower()
    assert all(len(mark) == 64 for mark in Erased.objects.values_list("mark", flat=True))


def test_by_name_again_after_it_is_done(full: Firm) -> None:
    Client.objects.filter(domains__value="xanthippe.example").update(name=SECRET)
    forget(SECRET)
    again = find_whom(SECRET)
    assert (again.kind, again.public_id, again.names) == ("address", "", frozenset({SECRET}))
    assert forget(SECRET).counts["messages"] == 0
