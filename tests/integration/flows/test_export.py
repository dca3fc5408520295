"""Everything out: what is in each file, that mail comes back byte for byte, and that half an export is none."""

from __future__ import annotations

import csv
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import vobject
from django.apps import apps
from tests.beyond import beyond
from tests.bounding import bounded
from tests.conftest import NOW
from tests.gating import at_gates
from tests.letters import OURS, THEIRS, bring, days, judged, letter
from tests.putting_right import known_how, put_right

from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Contact, Engagement, GlossaryTerm, KnownRecord, TimeEntry
from amends.firm import budgets
from amends.firm.models import AuditEntry, Firm, Member
from amends.firm.scope import FirmRow, firm_scope
from amends.firm.sign_in import make_link
from amends.flows.guard import Seen, react
from amends.flows.keep.export.rows import EXPORTED, LEFT_OUT, TABLES
from amends.flows.keep.export.run import CannotExport, export
from amends.flows.keep.lock import BYTES, HomeInUse, alone
from amends.flows.promises.settle import Deed, Given, add
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run, found_firm
from amends.goodwill.models import Renewal
from amends.mail.models import Account, Copy, Folder, Mailbox, Message, Share, Thread
from amends.mail.queries import Reader
from amends.mail.raw import raw_store, read
from amends.mail.reading import ReaderPool
from amends.outbox.models import Composed, Draft, DraftFile, Made, Recipient, SmtpAccount
from amends.signals.actions import respond
from amends.signals.models import Action, Correction, Signal
from amends.webhooks.models import Endpoint

HUSH = "a password nobody may see"
FURIOUS = "I am furious that the third invoice has an error again."


@pytest.fixture
def full(firm: Firm, member: Member) -> Firm:
    """A firm with one row at least of all that is exported."""
    first = letter(f"Dear Ada,\n\n{FURIOUS}\n\nFrom here on we wait.\n>From there too.\n", at=NOW - days(4),
                   message_id="1@hartwell.example")  # fmt: skip
    answer = letter("Dear Petra,\n\nI am sorry.\n", at=NOW - days(3), sender=OURS, to=THEIRS,
                    subject="Re: The brochure", message_id="2@studio.example",
                    references=["1@hartwell.example"])  # fmt: skip
    judged(first, answer, letter("No line end", at=NOW - days(2), message_id="3@x").rstrip(b"\n"), now=NOW)
    bring(first, letter("=1+1", at=NOW - days(1), subject="=cmd|' /C calc'!A0", sender="@x <plus@hartwell.example>",
                        message_id="4@x"), now=NOW, address="office@studio.example")  # fmt: skip
    signals = list(Signal.objects.values_list("public_id", flat=True))
    assert signals
    respond(signals, action=Action.OWN, member=member, at=NOW, why="mine")
    Correction.objects.create(
        member=member, message=Message.objects.get(message_id="1@hartwell.example"), start=11, end=20, quote=FURIOUS,
        said="anger", right="complaint", at=NOW, batch=uuid.uuid4(), vector=b"\x00\x01",
    )  # fmt: skip
    retainer = add_engagement(Client.objects.earliest("pk"), name="+Retainer", now=NOW)
    TimeEntry.objects.create(
        engagement=retainer, person="Ada Moss", day=NOW.date(), seconds=5400, source="toggl", tags=["a", "b"],
        rate="90.5", amount="135.75", currency="GBP", description="=HYPERLINK(A1)", fingerprint="0" * 64,
        created_at=NOW,
    )  # fmt: skip
    deed, said = Deed(Reader(member), NOW), Given(text="=Call Petra", due="Friday noon")
    add(retainer.client, deed, by="firm", given=said)
    begin_run([Path("/somewhere/archive.mbox")], now=NOW)
    make_link(member, now=NOW)
    Contact.objects.filter(name="Petra Hartwell").update(title="Printer", phone="+44 20 7946 0000")
    KnownRecord.objects.create(source="hubspot", kind="deal", record="17", engagement=retainer)
    _connected(member)
    return firm


def _connected(member: Member) -> None:
    """A live mailbox, something shared, a server to send by, what waits for it, and a webhook."""
    box, thread = Mailbox.objects.earliest("pk"), Thread.objects.earliest("pk")
    live = Account.objects.create(
        mailbox=box, host="imap.studio.example", username="ada", secret=HUSH, since=NOW.date(), state_since=NOW,
        created_at=NOW,
    )  # fmt: skip
    Folder.objects.create(account=live, name="INBOX", role="inbox", chosen=True, stored=5)
    Share.objects.create(mailbox=box, thread=thread, everybody=True, by=member, at=NOW)
    server = SmtpAccount.objects.create(
        host="smtp.studio.example", user="ada", password=HUSH, from_address="ada@studio.example", changed_at=NOW
    )
    GlossaryTerm.objects.create(client=Client.objects.earliest("pk"), wrong="flyer", right="leaflet", at=NOW)
    seen = Seen("glossary", "0" * 16)
    react(seen, draft_key=thread.public_id, made=Made.DISMISSED, reason="fits", by=member, now=NOW)
    draft = Draft.objects.create(
        author=member, account=server, purpose="reply", thread=thread, subject="Re: The brochure",
        text="Half a sen", created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    Recipient.objects.create(draft=draft, role="to", name="Petra", email="petra@hartwell.example")
    DraftFile.objects.create(draft=draft, name="plan.pdf", content_type="application/pdf", size=4, data=HUSH.encode())
    Composed.objects.create(draft=draft, data=HUSH.encode())
    Draft.objects.create(purpose="reset", text=HUSH, created_at=NOW, changed_at=NOW)
    Endpoint.objects.create(
        url="https://hear.example/amends", kinds=["signal.raised"], secret=HUSH, old_secret=HUSH, made_by=member,
        created_at=NOW,
    )  # fmt: skip


@pytest.fixture
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not in the home."""
    return tmp_path_factory.mktemp("out")


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def sheet(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_model_is_exported_or_said_to_be_left_out() -> None:
    rows = {model for model in apps.get_models() if issubclass(model, FirmRow)}
    left = {model for model in rows if model.__name__ in LEFT_OUT}
    assert rows == EXPORTED | left, "say in flows.keep.export.rows what becomes of a new model"
    assert not EXPORTED & left


def test_the_counts_are_those_of_the_files(full: Firm, member: Member, out: Path) -> None:
    thread = Thread.objects.earliest("pk")
    put_right(Client.objects.earliest("pk"), "late", member=member, at=NOW, thread=thread)
    known_how("late", member=member, at=NOW)
    at_gates(Engagement.objects.earliest("pk"), "late", at=NOW)
    bounded(Client.objects.earliest("pk"), "late", at=NOW)
    beyond(Client.objects.earliest("pk"), "late")
    renewed = Engagement.objects.earliest("pk")
    Renewal.objects.create(client=renewed.client, engagement=renewed, renewed_on=NOW.date(), at=NOW)
    budgets.take(member, 5_00, about=member.public_id, now=NOW)
    target = out / "in" / "all"
    target.parent.mkdir()
    made = export(target, now=NOW)
    counts = made.as_json()
    assert made.whole
    assert (counts["messages"], counts["arrivals"], counts["not_in_mbox"]) == (4, 5, 1)
    for table in TABLES:
        rows = lines(target / f"{table.name}.jsonl")
        assert len(rows) == counts[table.name], table.name
        if table.columns:
            assert len(sheet(target / f"{table.name}.csv")) == len(rows)
    empty = {name for name, count in counts.items() if count == 0}
    assert empty == {"missing", "damaged"}
    assert AuditEntry.objects.latest("pk").did == "firm.exported"
    assert [path.name for path in target.parent.iterdir()] == ["all"]
    said = (target / "README.md").read_text(encoding="utf-8")
    for file in target.iterdir():
        assert file.name in said or file.name in {"README.md", "mail"}


def test_rows_say_all_and_point_at_each_other(full: Firm, member: Member, out: Path) -> None:
    target = out / "all"
    export(target, now=NOW)
    clients = {row["id"]: row for row in lines(target / "clients.jsonl")}
    messages = {row["id"]: row for row in lines(target / "messages.jsonl")}
    threads = {row["id"] for row in lines(target / "threads.jsonl")}
    assert {row["thread"] for row in messages.values()} <= threads
    assert {row["client"] for row in messages.values()} <= {*clients, None}
    signal = lines(target / "signals.jsonl")[0]
    assert (signal["client"] in clients, signal["message"] in messages) == (True, True)
    assert [answer["why"] for answer in signal["answers"]] == ["mine"]
    (correction,) = lines(target / "corrections.jsonl")
    assert (correction["quote"], correction["member"], "vector" in correction) == (
        FURIOUS,
        str(member.public_id),
        False,
    )
    (spent,) = lines(target / "time.jsonl")
    assert (spent["seconds"], spent["tags"], spent["client"] in clients) == (5400, ["a", "b"], True)
    assert (spent["rate"], spent["amount"], spent["cost"], spent["currency"]) == ("90.5000", "135.7500", None, "GBP")
    firm_settings = json.loads((target / "settings.json").read_text(encoding="utf-8"))
    assert (firm_settings["name"], firm_settings["own_domains"]) == ("Studio", ["studio.example"])
    arrivals = [one for row in messages.values() for one in row["arrivals"]]
    assert {one["mailbox"] for one in arrivals} == {"ada@studio.example", "office@studio.example"}


def test_what_is_sent_connected_and_opened_is_in_it(full: Firm, member: Member, out: Path) -> None:
    target = out / "all"
    export(target, now=NOW)
    threads = {row["id"] for row in lines(target / "threads.jsonl")}
    reply, reset = lines(target / "drafts.jsonl")
    assert (reply["text"], reply["thread"] in threads, reply["author"]) == ("Half a sen", True, str(member.public_id))
    assert [(one["role"], one["email"]) for one in reply["people"]] == [("to", "petra@hartwell.example")]
    assert reply["files"] == [{"name": "plan.pdf", "content_type": "application/pdf", "bytes": 4}]
    assert (reset["purpose"], reset["text"]) == ("reset", "")
    (server,) = lines(target / "mail_servers.jsonl")
    assert (reply["mail_server"], "password" in server) == (server["id"], False)
    (live,) = lines(target / "live_mailboxes.jsonl")
    assert (live["host"], [one["name"] for one in live["folders"]], "secret" in live) == (
        "imap.studio.example", ["INBOX"], False,
    )  # fmt: skip
    (share,) = lines(target / "shares.jsonl")
    assert (share["thread"] in threads, share["everybody"], share["mailbox"]) == (True, True, live["mailbox"])
    (hook,) = lines(target / "webhooks.jsonl")
    assert (hook["url"], hook["kinds"]) == ("https://hear.example/amends", ["signal.raised"])
    (record,) = lines(target / "records.jsonl")
    (engagement,) = lines(target / "engagements.jsonl")
    assert (record["record"], record["engagement"]) == ("17", engagement["id"])
    assert {"value", "currency", "version", "closed_at", "closed_by", "closed_why"} <= set(engagement)


def test_people_are_vcards(full: Firm, out: Path) -> None:
    target = out / "all"
    export(target, now=NOW)
    cards = list(vobject.readComponents((target / "contacts.vcf").read_text(encoding="utf-8")))
    assert len(cards) == Contact.objects.count()
    petra = next(card for card in cards if card.fn.value == "Petra Hartwell")
    assert (petra.email.value, petra.n.value.family, petra.org.value) == (
        "petra@hartwell.example", "Hartwell", ["Hartwell"],
    )  # fmt: skip
    assert (petra.title.value, petra.tel.value) == ("Printer", "+44 20 7946 0000")


def test_a_spreadsheet_computes_nothing(full: Firm, out: Path) -> None:
    target = out / "all"
    export(target, now=NOW)
    for file in target.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.reader(opened):
                bad = [one for one in row if one.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]
                assert [one for one in bad if not re.fullmatch(r"-[0-9]+", one)] == [], file.name  # but below zero
    assert "'=HYPERLINK(A1)" in (target / "time.csv").read_text(encoding="utf-8")
    assert lines(target / "time.jsonl")[0]["description"] == "=HYPERLINK(A1)"
    assert any(row["name"] == "'+Retainer" for row in sheet(target / "engagements.csv"))


def test_no_secret_leaves(full: Firm, member: Member, out: Path) -> None:
    target = out / "all"
    member.set_password(HUSH)
    member.save()
    export(target, now=NOW)
    everything = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert member.password.encode() not in everything
    assert HUSH.encode() not in everything
    assert b"token" not in (target / "members.jsonl").read_bytes()
    assert set(lines(target / "members.jsonl")[0]) == {
        "id", "name", "email", "role", "active", "authority", "joined_at", "last_sign_in",
    }  # fmt: skip


def test_another_firm_is_not_in_it(full: Firm, out: Path) -> None:
    other = found_firm(["rival.example"], now=NOW, name="Xanthippe")
    with firm_scope(other):
        judged(letter("Xanthippe is furious.", at=NOW, sender="x@xanthippe.example", message_id="9@x"), now=NOW)
    target = out / "all"
    export(target, now=NOW)
    assert all(b"anthippe" not in path.read_bytes() for path in target.rglob("*") if path.is_file())


def test_mail_comes_back_byte_for_byte(full: Firm, out: Path) -> None:
    """Into another firm here; into a fresh home in `test_export_command`."""
    target = out / "all"
    export(target, now=NOW)
    assert sorted(path.name for path in (target / "mail").iterdir()) == [
        "01-ada@studio.example", "01-ada@studio.example.mbox", "02-office@studio.example.mbox",
    ]  # fmt: skip
    before = {sha256: read(raw_store(), sha256) for sha256 in Copy.objects.values_list("raw", flat=True)}
    prints = set(Message.objects.values_list("fingerprint", flat=True))
    fresh = found_firm(["studio.example"], now=NOW, name="Afresh")
    with firm_scope(fresh), ReaderPool(workers=1) as readers:
        report = run_import(begin_run([target / "mail"], now=NOW), readers=readers, clock=lambda: NOW)
        after = {sha256: read(raw_store(), sha256) for sha256 in Copy.objects.values_list("raw", flat=True)}
        assert set(Message.objects.values_list("fingerprint", flat=True)) == prints
    assert (report.seen, report.imported, report.duplicates, report.set_aside) == (5, 4, 1, [])
    assert after == before


def test_bytes_that_are_gone_are_counted_and_the_rest_goes_out(full: Firm, out: Path) -> None:
    Copy.objects.filter(message__message_id="2@studio.example").update(raw="ab" * 32)
    made = export(out / "all", now=NOW)
    assert (made.whole, made.mail.missing, made.mail.arrivals, made.mail.named) == (False, 1, 4, ["ab" * 32])
    assert b"I am sorry" not in (out / "all" / "mail" / "01-ada@studio.example.mbox").read_bytes()


@pytest.mark.parametrize(
    ("target", "match"),
    [("full", "not empty"), ("file", "is a file"), ("nowhere/all", "no folder"), ("home/out", "inside the home")],
)
def test_where_it_cannot_be_written(firm: Firm, target: str, match: str, out: Path, settings: Any) -> None:
    (out / "full").mkdir()
    (out / "full" / "precious").write_text("mine", encoding="utf-8")
    (out / "file").write_text("mine", encoding="utf-8")
    (out / "home").mkdir()
    settings.HOME = out / "home" if target.startswith("home") else settings.HOME
    with pytest.raises(CannotExport, match=match):
        export(out / target, now=NOW)
    assert (out / "full" / "precious").read_text(encoding="utf-8") == "mine"
    assert (out / "file").read_text(encoding="utf-8") == "mine"


def test_two_exports_to_one_folder_and_an_erasure_do_not_meet(firm: Firm, home: Path, out: Path) -> None:
    place = out / ".all.partial"
    place.mkdir()
    with alone(place / "lock", because="taken"), pytest.raises(HomeInUse, match="Another export"):
        export(out / "all", now=NOW)
    with alone(home / BYTES, because="taken"), pytest.raises(HomeInUse, match="being erased"):
        export(out / "all", now=NOW)
    assert not (out / "all").exists()
