"""No query crosses firms: every model, every address of the site, every key between parts."""

from __future__ import annotations

import ast
import io
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.conftest import NOW
from tests.letters import bring, days, letter

import amends
from amends.clients.actions.forget import remember_erased
from amends.clients.models import Client, Contact, Engagement, GlossaryTerm, KnownRecord, TimeEntry, Upload, UploadKind
from amends.clients.queries import Trace
from amends.firm.audit import note
from amends.firm.members import invite
from amends.firm.models import (
    AccessToken,
    Allowance,
    Budget,
    BudgetEntry,
    Firm,
    KeyedRequest,
    Member,
    OneTimeLink,
    Passkey,
    Role,
    Spending,
    TimeCode,
)
from amends.firm.rules import Scope
from amends.firm.scope import FirmRow, NoFirmInScope, WrongFirm, all_firms, firm_scope, insert_rows
from amends.firm.sign_in import make_link
from amends.firm.tokens import make_token
from amends.firm.two_factor import new_codes
from amends.flows.guard import Seen, avoid, choose, react, teach
from amends.flows.judge import judge_new
from amends.flows.set_up import begin_run, found_firm
from amends.flows.tasks import judge_stored
from amends.flows.uploads import keep
from amends.flows.webhooks import manage
from amends.jobs.models import Job, Portion
from amends.mail.models import Account, Folder, ImportRun, Mailbox, Message, Outcome, Remote, Share, Thread
from amends.mail.parsing import parse
from amends.outbox.actions.accounts import Settings, save_account
from amends.outbox.actions.write import address_to, queue
from amends.outbox.compose import Person
from amends.outbox.models import AvoidedWords, Draft, DraftFile, Made, RuleExample
from amends.recovery.models import (
    Approval,
    Brief,
    Call,
    Clocks,
    DrillResult,
    Escalation,
    Evidence,
    Finding,
    Issue,
    Note,
    Playbook,
    Recovery,
    RecoveryStep,
    RecoveryThread,
    Remedy,
)
from amends.signals.actions import respond
from amends.signals.models import Action, Correction, Morning, Promise, Response, RhythmPrior, Signal
from amends.web.guard import PROVEN
from amends.webhooks.models import Delivery, Endpoint
from amends.webhooks.rules import CHOICES

OURS = [model for model in apps.get_models() if model.__module__.startswith("amends.")]
ROWS = [model for model in OURS if issubclass(model, FirmRow)]
ORDER = [  # a key may point to the same part or to one further left
    "firm", "jobs", "clients", "capital", "mail", "signals", "outbox", "webhooks", "recovery",
]  # fmt: skip
SECRET = "Xanthippe"  # stands in every text of the other firm


@pytest.fixture
def other(firm: Firm) -> Firm:
    """Another firm, with one row at least in every table; only its id is given away by nothing."""
    made = found_firm(["rival.example"], now=NOW, name=f"{SECRET} Rivals")
    with firm_scope(made):
        bring(
            letter(
                f"Hello, {SECRET} here. The site is broken and nobody answers. I am very disappointed.\n",
                sender=f"{SECRET} Vane <vane@{SECRET.lower()}.example>", to="boss@rival.example",
                subject=f"{SECRET} is unhappy", at=NOW - days(3), message_id="secret@x.example",
                headers={"X-Whose": SECRET},
            ),
            now=NOW,
        )  # fmt: skip
        judge_new(now=NOW)
        boss = Member.objects.create_member(
            email=f"{SECRET}@rival.example", name=f"{SECRET} Boss", role=Role.ADMINISTRATOR, now=NOW, password="x" * 14
        )
        make_link(boss, now=NOW)
        invite(f"new-{SECRET}@rival.example", name=f"{SECRET} Boss", role=Role.STAFF, by=boss, now=NOW)
        TimeCode.objects.create(member=boss, sealed="x", last_step=0, made_at=NOW)
        new_codes(boss, now=NOW)
        Passkey.objects.create(member=boss, name=f"{SECRET} Boss", credential="x", public_key=b"x", made_at=NOW)
        note("mailbox.opened", member=boss, about=SECRET, now=NOW)
        begin_run([], now=NOW, address=f"{SECRET}@rival.example", member=boss)
        judge_stored.enqueue(firm_id=made.pk)
        Job.objects.update(problem=f"{SECRET} is unhappy")
        Portion.objects.create(stage="messages", keys=[1], holder=SECRET, until=NOW)
        retainer = Engagement.objects.create(client=Client.objects.get(), name=f"{SECRET} retainer", created_at=NOW)
        TimeEntry.objects.create(
            engagement=retainer, person=f"{SECRET} Boss", member=boss, day=NOW.date(), seconds=60, source="toggl",
            description=f"{SECRET} is unhappy", fingerprint="0" * 64, created_at=NOW,
        )  # fmt: skip
        KnownRecord.objects.create(source="hubspot", kind="deal", record=SECRET, engagement=retainer)
        keep([SECRET.encode()], kind=UploadKind.TIME, name=f"{SECRET}.csv", member=boss, now=NOW)
        signals = list(Signal.objects.values_list("public_id", flat=True))
        assert signals, "the letter should have made a signal"
        respond(signals, action=Action.OWN, member=boss, at=NOW - days(1), why=SECRET)
        Share.objects.create(
            mailbox=Mailbox.objects.latest("pk"), thread=Thread.objects.get(), member=boss, by=boss, at=NOW
        )
        Correction.objects.create(
            member=boss, message=Message.objects.get(), start=0, end=5, quote=f"{SECRET} is not angry", said="anger",
            right="", at=NOW, batch=uuid.uuid4(),
        )  # fmt: skip
        _promised(boss)
        _outgoing(boss)
        _put_right(boss)
        live = Account.objects.create(
            mailbox=Mailbox.objects.get(address=f"{SECRET}@rival.example"), host=f"imap.{SECRET}.example",
            username=SECRET, secret=SECRET, since=NOW.date(), state_since=NOW, created_at=NOW, problem=SECRET,
        )  # fmt: skip
        inbox = Folder.objects.create(account=live, name=f"{SECRET} folder", chosen=True, done=1)
        Remote.objects.create(folder=inbox, uidvalidity=1, uid=1, outcome=Outcome.TOO_LARGE, reason=SECRET, at=NOW)
        remember_erased([Trace("name", SECRET)], now=NOW)
        RhythmPrior.objects.get_or_create(as_of=NOW.date(), defaults={"live_clients": 1, "numbers": {}})
        token, _ = make_token(boss, name=f"{SECRET} Boss", scopes=list(Scope), now=NOW)
        KeyedRequest.objects.create(token=token, key=SECRET, asked="0" * 64, body=SECRET, created_at=NOW)
        hook, _ = manage.add(
            f"https://{SECRET.lower()}.example/rival.example", kinds=CHOICES, description=SECRET, member=boss, now=NOW
        )
        manage.ping(hook.public_id, member=boss, now=NOW)
    return made


def _promised(boss: Member) -> None:
    """A promise that rests on their letter, and a digest of it."""
    Promise.objects.create(
        client=Client.objects.get(), by="firm", owner=boss, text=f"Answer {SECRET}", quote=f"Answer {SECRET}",
        message=Message.objects.get(), due=NOW + days(1), made_at=NOW - days(1), origin="message", key="1",
        state="pending", confirmed_by=boss, confirmed_at=NOW - days(1),
    )  # fmt: skip
    Morning.objects.create(member=boss, wanted=False)


def _outgoing(boss: Member) -> None:
    """An account, and a draft that waits for it, with a file."""
    given = Settings("smtp.rival.example", 465, "tls", f"{SECRET}", SECRET, "boss@rival.example", f"{SECRET} Boss")
    account = save_account(given, whose=None, by=boss, now=NOW)
    draft = Draft.objects.create(
        author=boss, purpose="reply", subject=f"{SECRET} is unhappy", text=SECRET, thread=Thread.objects.get(),
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    DraftFile.objects.create(draft=draft, name=f"{SECRET}.pdf", content_type="application/pdf", size=1, data=b"x")
    address_to(draft, [("to", Person(f"{SECRET} Vane", f"vane@{SECRET.lower()}.example"))])
    queue(draft, account=account, now=NOW)
    held = Draft.objects.create(
        author=boss, purpose="reply", subject=f"{SECRET} is unhappy", text=SECRET, thread=Thread.objects.get(),
        findings=[{"quote": SECRET}], created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    address_to(held, [("to", Person(f"{SECRET} Vane", f"vane@{SECRET.lower()}.example"))])
    queue(held, account=account, now=NOW, held=True)
    GlossaryTerm.objects.create(client=Client.objects.get(), wrong=SECRET, right=f"{SECRET}s", at=NOW)
    choose("blame", "advice", by=boss, now=NOW)
    avoid(SECRET, instead=f"{SECRET}s", choice="warn", by=boss, now=NOW)
    teach("blame-should-have", f"{SECRET} should have known.", fires=False, by=boss, now=NOW)
    seen = Seen("blame-should-have", "0" * 16)
    react(seen, draft_key=held.public_id, made=Made.DISMISSED, reason="other", why=SECRET, by=boss, now=NOW)


def _put_right(boss: Member) -> None:
    """A recovery with all that belongs to one, and what who may give."""
    one = Recovery.objects.create(
        client=Client.objects.get(), title=SECRET, owner=boss, began_at=NOW, opened_at=NOW, wanted=SECRET
    )  # fmt: skip
    RecoveryStep.objects.create(recovery=one, after="own", why=SECRET, at=NOW)
    RecoveryThread.objects.create(recovery=one, thread=Thread.objects.get())
    Escalation.objects.create(recovery=one, clock="own", to=boss, at=NOW)
    issue = Issue.objects.create(
        recovery=one, place=1, quote=SECRET, message=Message.objects.get(), said_at=NOW, by=boss, at=NOW
    )  # fmt: skip
    Finding.objects.create(issue=issue, happened=SECRET, at=NOW)
    Evidence.objects.create(issue=issue, kind="document", label=SECRET, at=NOW)
    remedy = Remedy.objects.create(
        recovery=one, issue=issue, kind="credit", what=SECRET, currency="EUR", at=NOW, changed_at=NOW
    )  # fmt: skip
    Approval.objects.create(remedy=remedy, asked_by=boss, asked_at=NOW, because=SECRET)
    Brief.objects.create(recovery=one, whom="team", text=SECRET, wrote_from="0", at=NOW)
    call = Call.objects.create(recovery=one, began_at=NOW, wanted=SECRET)
    Note.objects.create(public_id=uuid.uuid4(), call=call, text=SECRET, at=NOW)
    Playbook.objects.create(mode="own-mode", trade="design", name=SECRET, edition=1, at=NOW)
    Clocks.objects.create(escalate_to=boss)
    DrillResult.objects.create(member=boss, scenario="x", turns=[SECRET], at=NOW)
    Allowance.objects.create(role="staff", kind="fix")
    Budget.objects.create(role="staff", amount=1)
    Spending.objects.create(member=boss, begins_on=NOW.date())
    BudgetEntry.objects.create(member=boss, begins_on=NOW.date(), amount=1, about=remedy.public_id, at=NOW)


@pytest.fixture
def unguarded() -> Iterator[None]:
    """PostgreSQL shows every firm's rows: what keeps them apart here is the application's own check alone."""
    with all_firms():
        yield


@contextmanager
def undone() -> Iterator[None]:
    """What one of many does to the rows is taken back before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _of(model: type[FirmRow], firm: Firm) -> int:
    return int(models.QuerySet(model).filter(firm_id=firm.pk).count())


def test_every_row_belongs_to_a_firm() -> None:
    """Only the firm itself is nobody's row; sessions, tasks and the like are not ours."""
    assert [model for model in OURS if not issubclass(model, FirmRow)] == [Firm]


def test_rows_of_another_firm_are_not_there(
    firm: Firm, other: Firm, unguarded: None, subtests: pytest.Subtests
) -> None:
    for model in ROWS:
        with subtests.test(model.__name__), undone():
            count = _of(model, other)
            assert count > 0, f"the other firm has no {model.__name__}: write one in the fixture"
            manager = model._default_manager
            assert manager.filter(firm_id=other.pk).count() == 0
            assert [row for row in manager.all() if row.firm_id != firm.pk] == []
            key = models.QuerySet(model).filter(firm_id=other.pk).values_list("pk", flat=True)[0]
            assert not manager.filter(pk=key).exists()
            assert manager.filter(pk=key).update(firm_id=firm.pk) == 0
            assert manager.filter(pk=key).delete()[0] == 0
            assert _of(model, other) == count


def test_rows_of_another_firm_cannot_be_written(
    firm: Firm, other: Firm, unguarded: None, subtests: pytest.Subtests
) -> None:
    for model in ROWS:
        with subtests.test(model.__name__), undone():
            row: FirmRow = models.QuerySet(model).filter(firm_id=other.pk)[0]
            if model is not Member:  # signing in writes a member's last_login before a firm is in scope
                with pytest.raises(WrongFirm):
                    row.save()
            copy = model(**{field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields})
            if isinstance(model._meta.pk, models.AutoField):
                copy.pk = None
            with pytest.raises(WrongFirm):
                model._default_manager.bulk_create([copy])
            with pytest.raises(WrongFirm):
                copy.save()


def test_without_a_firm_in_scope_nothing_is_read_or_written(db: None, subtests: pytest.Subtests) -> None:
    for model in ROWS:
        with subtests.test(model.__name__), undone():
            for ask in _asking(model):
                with pytest.raises(NoFirmInScope):
                    ask()


def _asking(model: type[FirmRow]) -> Iterable[Callable[[], object]]:
    manager = model._default_manager
    return (
        manager.all, manager.count, manager.first, manager.exists, manager.get_queryset,
        lambda: model._base_manager.all(), lambda: manager.update(firm_id=1), lambda: manager.bulk_create([model()]),
        model().save, lambda: insert_rows(model, ("firm_id",), []),
    )  # fmt: skip


def test_the_ways_around_are_listed() -> None:
    """Where PostgreSQL is told to show every firm's rows: signing in, keys that firms share, migrations."""
    found = set()
    for path in sorted((Path(amends.__file__).parent).rglob("*.py")):
        for part in ast.walk(ast.parse(path.read_text())):
            if isinstance(part, ast.FunctionDef):
                calls = [each for each in ast.walk(part) if isinstance(each, ast.Call)]
                if any(isinstance(call.func, ast.Name) and call.func.id == "all_firms" for call in calls):
                    found.add(f"{path.relative_to(Path(amends.__file__).parent)}: {part.name}")
    assert found == {
        "cli/migrate.py: _migrate",
        "firm/passkeys.py: _owner",
        "firm/sign_in.py: address_taken",
        "firm/sign_in.py: get_user",
        "firm/sign_in.py: member_anywhere",
        "firm/sign_in.py: peek_link",
        "firm/single_sign_on.py: _invited",
        "firm/single_sign_on.py: _of_own_domain",
        "mail/actions/store.py: _free_ids",
    }


def test_the_way_around_is_known() -> None:
    """Managers that look across firms exist for signing in, and nowhere else; Django never picks one by itself."""
    assert {(model._default_manager.name, model._base_manager.name) for model in ROWS} == {("objects", "objects")}
    around = {
        (model.__name__, manager.name)
        for model in ROWS
        for manager in model._meta.managers
        if manager.name != "objects"
    }
    assert around == {("Member", "across_firms"), ("OneTimeLink", "across_firms")}


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_keys_lead_with_the_firm(model: type[FirmRow]) -> None:
    """So that every search within a firm is a search within its rows; ids that nobody can guess stand alone."""
    for index in model._meta.indexes:
        assert index.fields[0] == "firm", index.name
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint):
            assert isinstance(constraint, models.UniqueConstraint)
            assert constraint.fields[0] == "firm", constraint.name
    alone = {
        field.name
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key and not isinstance(field, models.OneToOneField)
    }
    assert alone <= {"public_id", "email", "token_hash"}


def test_keys_between_parts_point_down() -> None:
    for model in OURS:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.remote_field.model in OURS:
                target = field.remote_field.model._meta.app_label
                here = ORDER.index(model._meta.app_label)
                assert ORDER.index(target) <= here, f"{model.__name__}.{field.name} points up to {target}"


def test_tables_past_the_models_know_their_firm(firm: Firm, other: Firm) -> None:
    """The raw store is no model: the other firm's bytes are not found by their hash."""
    from amends.mail.raw import RawMissing, raw_store, read

    with firm_scope(other):
        sha256 = Message.objects.get().raw
        assert parse(read(raw_store(), sha256)).message_id == "secret@x.example"
    assert raw_store().known([sha256]) == set()
    with pytest.raises(RawMissing):
        read(raw_store(), sha256)


def test_search_finds_own_mail_only(firm: Firm, other: Firm) -> None:
    from amends.insights.finding import find
    from amends.mail.queries import SYSTEM

    found = find(SYSTEM, SECRET)
    assert (found.messages, found.clients) == ([], [])
    with firm_scope(other):
        found = find(SYSTEM, SECRET)
        assert (len(found.messages), len(found.clients)) == (1, 1)


def test_two_firms_may_have_the_same_mail(firm: Firm) -> None:
    """A client of both, a newsletter that both get: each firm has its own rows, with ids of their own."""
    mail = [letter(at=NOW - days(number), message_id=f"{number}@x.example") for number in range(3)]
    bring(*mail, now=NOW)
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    with firm_scope(other):
        assert bring(*mail, now=NOW).imported == 3
    for model in (Message, Thread, Client, Contact):
        with all_firms():
            theirs: Any = list(models.QuerySet(model).values_list("firm_id", "public_id"))
        assert {firm_id for firm_id, _ in theirs} == {firm.pk, other.pk}
        assert len({public_id for _, public_id in theirs}) == len(theirs)


# -- addresses ----------------------------------------------------------------------------------------------------

OPEN = {  # for people who are not signed in
    "sign-in", "sign-in-second", "sign-in-passkey-begin", "sign-in-passkey", "forgotten", "single-sign-on",
    "single-sign-on-back", "sign-out", "enter", "healthz", "language", "api-schema", "api-nothing",
}  # fmt: skip


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


PATTERNS = list(_patterns(get_resolver()))
NAMES = [str(pattern.name) for pattern in PATTERNS]


def _ids(pattern: URLPattern) -> dict[str, Any]:
    """Public ids of the firm in scope for the parts of an address."""
    engagement = Engagement.objects.first()
    known: dict[str, Any] = {
        "client_id": Client.objects.values_list("public_id", flat=True).first(),
        "contact_id": Contact.objects.values_list("public_id", flat=True).first(),
        "thread_id": Thread.objects.values_list("public_id", flat=True).first(),
        "message_id": Message.objects.values_list("public_id", flat=True).first(),
        "run_id": ImportRun.objects.values_list("public_id", flat=True).first(),
        "batch": Response.objects.values_list("batch", flat=True).first(),
        "engagement_id": engagement.public_id if engagement else None,
        "mailbox_id": Mailbox.objects.values_list("public_id", flat=True).first(),
        "upload_id": Upload.objects.values_list("public_id", flat=True).first(),
        "job_id": Job.objects.values_list("public_id", flat=True).first(),
        "signal_id": Signal.objects.values_list("public_id", flat=True).first(),
        "term_id": GlossaryTerm.objects.values_list("public_id", flat=True).first(),
        "words_id": AvoidedWords.objects.values_list("public_id", flat=True).first(),
        "example_id": RuleExample.objects.values_list("public_id", flat=True).first(),
        "draft_id": Draft.objects.values_list("public_id", flat=True).first(),
        "member_id": Member.objects.values_list("public_id", flat=True).first(),
        "invitation_id": OneTimeLink.objects.exclude(invited="").values_list("public_id", flat=True).first(),
        "passkey_id": Passkey.objects.values_list("public_id", flat=True).first(),
        "account_id": Account.objects.values_list("public_id", flat=True).first(),
        "token": "no-such-token",
        "token_id": AccessToken.objects.values_list("public_id", flat=True).first(),
        "endpoint_id": Endpoint.objects.values_list("public_id", flat=True).first(),
        "recovery_id": Recovery.objects.values_list("public_id", flat=True).first(),
        "remedy_id": Remedy.objects.values_list("public_id", flat=True).first(),
        "approval_id": Approval.objects.values_list("public_id", flat=True).first(),
        "role": "staff",
        "call_id": Call.objects.values_list("public_id", flat=True).first(),
        "note_id": Note.objects.values_list("public_id", flat=True).first(),
        "form": "pdf",
        "number": 1,
        "issue_id": Issue.objects.values_list("public_id", flat=True).first(),
        "evidence_id": Evidence.objects.values_list("public_id", flat=True).first(),
        "delivery_id": Delivery.objects.values_list("public_id", flat=True).first(),
        "promise_id": Promise.objects.values_list("public_id", flat=True).first(),
        "index": 0,
        "mode": "software-outage",
        "slug": "the-remark",
        "drill": "the-remark",
        "result_id": DrillResult.objects.values_list("public_id", flat=True).first(),
        "rest": "no/such/thing",
    }
    names = pattern.pattern.converters
    assert set(names) <= set(known), f"{pattern.name}: say in this test what {set(names) - set(known)} may be"
    return {name: known[name] for name in names}


def _body(response: Any) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode("utf-8", "replace")
    return cast(bytes, response.content).decode("utf-8", "replace")


def test_every_address_has_a_name() -> None:
    assert [pattern for pattern in PATTERNS if not pattern.name] == []


def test_an_address_shows_nothing_of_another_firm(
    firm: Firm, other: Firm, member: Member, client: Browser, subtests: pytest.Subtests
) -> None:
    for pattern in PATTERNS:
        with subtests.test(str(pattern.name)), undone():
            with firm_scope(other):
                ids = _ids(pattern)
                posted = {name: str(value) for name, value in _ids_of_all().items()} | {
                    "name": "Taken",
                    "why": "x",
                    "q": SECRET,
                }
                before = _state()
            client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
            session = client.session
            session[PROVEN] = datetime.now(UTC).isoformat()
            session.save()
            address = reverse(str(pattern.name), kwargs=ids)
            upload = io.BytesIO(b"no mail at all")
            upload.name = "x.bin"
            for response in (
                client.get(address),
                client.get(address, {"q": SECRET, "words": SECRET, "sort": "name"}),
                client.get(address, headers={"HX-Request": "true"}, query_params={"q": SECRET}),
                client.post(address, posted),
                client.post(address, {**posted, "files": upload}, headers={"HX-Request": "true"}),
            ):
                said = _body(response).replace(f'value="{SECRET}"', "")
                said = said.replace("info@rival.example", "")  # of an example of the check's rules, in our own words
                said = "" if pattern.name == "api-schema" else said  # the same for everybody, in our own words
                marks = {
                    name for name in ("Rivals", "Vane", "Boss", "retainer", "unhappy", "rival.example") if name in said
                }
                assert marks == set(), f"{response.status_code} at {address}"
                assert response.status_code < 500
                if address.startswith("/api/") and pattern.name not in OPEN:
                    assert response.status_code == 401, f"cookies count at {address}"
                elif any(
                    name.endswith("_id") for name in ids
                ):  # taking back answers that are not there just changes nothing
                    assert response.status_code in {404, 405}, f"{response.status_code} at {address}"
            with firm_scope(other):
                assert _state() == before


def test_an_address_sends_strangers_to_sign_in(
    firm: Firm, other: Firm, client: Browser, subtests: pytest.Subtests
) -> None:
    for pattern in PATTERNS:
        with subtests.test(str(pattern.name)), undone():
            with firm_scope(other):
                ids = _ids(pattern)
                before = _state()
            address = reverse(str(pattern.name), kwargs=ids)
            for response in (client.get(address), client.post(address, {"name": "Taken"})):
                assert SECRET not in _body(response)
                if pattern.name not in OPEN and address.startswith("/api/"):
                    assert response.status_code == 401, address
                elif pattern.name not in OPEN:
                    assert response.status_code == 302, address
                    assert response["Location"].partition("?")[0] == reverse("sign-in")
            with firm_scope(other):
                assert _state() == before


def _ids_of_all() -> dict[str, uuid.UUID | None]:
    """What a form of the other firm might hold."""
    first_signal = Signal.objects.values_list("public_id", flat=True).first()
    first_client = Client.objects.values_list("public_id", flat=True).first()
    return {
        "signals": first_signal, "signal": first_signal, "client": first_client, "target": first_client,
        "into": first_client, "batch": Response.objects.values_list("batch", flat=True).first(),
        "with": Member.objects.values_list("public_id", flat=True).first(),
        "to": Member.objects.values_list("public_id", flat=True).first(),
        "engagement": Engagement.objects.values_list("public_id", flat=True).first(),
        "thread": Thread.objects.values_list("public_id", flat=True).first(),
        "earlier": Issue.objects.values_list("public_id", flat=True).first(),
    }  # fmt: skip


def _state() -> list[Any]:
    """Everything of the firm in scope that a page could change."""
    return [
        list(model._default_manager.order_by("pk").values())
        for model in ROWS
        if model not in {OneTimeLink}
    ]  # fmt: skip
