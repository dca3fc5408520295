"""Nobody reads what is closed to them: every address, every read function, with readers who may not read.

One closed mailbox holds messages that carry a word nobody else may see in every text, name, subject, address, name of
an attachment and Message-ID. A new address, and a new function that takes a reader, is covered or fails the test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.integration.firm.conftest import CLOSED, PROBE, SECRET, TOPIC, body_of, closed_messages, tells
from tests.integration.web.conftest import no_firm

import amends.insights
from amends.boundaries.models import (
    ClearanceCheck,
    Gate,
    GateEvidence,
    GateQuestion,
    HandoverItem,
    Parting,
    Publication,
    ReferralOut,
    ScopeAnswer,
    Service,
    Supplier,
)
from amends.capital.models import Posting
from amends.clients.models import Client, Contact, Domain, Engagement, Upload
from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.goodwill.models import Claim, Gesture, Guarantee, Referral, Renewal, Review
from amends.insights.hiccups import Period
from amends.insights.screen import Shown
from amends.mail.models import Account, ImportRun, Mailbox, Message, Share, Thread, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.models import Draft
from amends.outbox.recipients import Audience
from amends.recovery.models import Approval, Call, DrillResult, Evidence, Issue, Note, Recovery, Remedy
from amends.signals.models import Correction, Promise, Response, Signal, SignalKind

pytestmark = pytest.mark.usefixtures("put_right")


# -- every address ------------------------------------------------------------------------------------------------

OUTSIDE = {"sign-in", "sign-out", "enter", "healthz", "language"}  # show no mail, and end the session


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


PATTERNS = [pattern for pattern in _patterns(get_resolver()) if pattern.name not in OUTSIDE]


def _candidates() -> dict[str, list[Any]]:
    """Every id there is of what is closed, and some of what is open."""
    shut = Message.objects.filter(pk__in=closed_messages())
    shown = Message.objects.filter(message_id__in=["wrong@hartwell.example", "plan1@hartwell.example"])
    messages = [*shut, *shown]
    return {
        "client_id": list(Client.objects.values_list("public_id", flat=True)),
        "contact_id": list(Contact.objects.values_list("public_id", flat=True)),
        "thread_id": list({one.thread.public_id for one in messages}),
        "message_id": [one.public_id for one in messages],
        "run_id": list(ImportRun.objects.values_list("public_id", flat=True)),
        "mailbox_id": list(Mailbox.objects.values_list("public_id", flat=True)),
        "signal_id": list(Signal.objects.filter(message__in=messages).values_list("public_id", flat=True)),
        "engagement_id": list(Engagement.objects.values_list("public_id", flat=True)),
        "recovery_id": list(Recovery.objects.values_list("public_id", flat=True)),
        "remedy_id": [uuid7(), *Remedy.objects.values_list("public_id", flat=True)],
        "approval_id": [uuid7(), *Approval.objects.values_list("public_id", flat=True)],
        "role": ["staff"],
        "gate_id": [uuid7(), *Gate.objects.values_list("public_id", flat=True)],
        "publication_id": [uuid7(), *Publication.objects.values_list("public_id", flat=True)],
        "kind": ["checks", "questions"],
        "proof_id": [uuid7(), *GateEvidence.objects.values_list("public_id", flat=True)],
        "question_id": [uuid7(), *GateQuestion.objects.values_list("public_id", flat=True)],
        "check_id": [uuid7(), *ClearanceCheck.objects.values_list("public_id", flat=True)],
        "call_id": [uuid7(), *Call.objects.values_list("public_id", flat=True)],
        "note_id": [uuid7(), *Note.objects.values_list("public_id", flat=True)],
        "form": ["pdf", "md"],
        "issue_id": list(Issue.objects.values_list("public_id", flat=True)),
        "evidence_id": [uuid7(), *Evidence.objects.values_list("public_id", flat=True)],
        "batch": [uuid7(), *Correction.objects.values_list("batch", flat=True)],
        "term_id": [uuid7()],
        "words_id": [uuid7()],
        "example_id": [uuid7()],
        "draft_id": [uuid7(), *Draft.objects.values_list("public_id", flat=True)],
        "account_id": [uuid7(), *Account.objects.values_list("public_id", flat=True)],
        "member_id": list(Member.objects.values_list("public_id", flat=True)),
        "invitation_id": [uuid7()],
        "job_id": [uuid7()],
        "token_id": [uuid7()],
        "endpoint_id": [uuid7()],
        "delivery_id": [uuid7()],
        "gesture_id": [uuid7(), *Gesture.objects.values_list("public_id", flat=True)],
        "review_id": [uuid7(), *Review.objects.values_list("public_id", flat=True)],
        "referral_id": [uuid7(), *Referral.objects.values_list("public_id", flat=True)],
        "renewal_id": [uuid7(), *Renewal.objects.values_list("public_id", flat=True)],
        "guarantee_id": [uuid7(), *Guarantee.objects.values_list("public_id", flat=True)],
        "claim_id": [uuid7(), *Claim.objects.values_list("public_id", flat=True)],
        "rest": ["no/such/thing"],
        "upload_id": [uuid7(), *Upload.objects.values_list("public_id", flat=True)],
        "passkey_id": [uuid7()],
        "promise_id": [uuid7(), *Promise.objects.values_list("public_id", flat=True)],
        "token": ["no-such-token"],
        "service_id": [uuid7(), *Service.objects.values_list("public_id", flat=True)],
        "supplier_id": [uuid7(), *Supplier.objects.values_list("public_id", flat=True)],
        "answer_id": [uuid7(), *ScopeAnswer.objects.values_list("public_id", flat=True)],
        "referral_out_id": [uuid7(), *ReferralOut.objects.values_list("public_id", flat=True)],
        "parting_id": [uuid7(), *Parting.objects.values_list("public_id", flat=True)],
        "item_id": [uuid7(), *HandoverItem.objects.values_list("public_id", flat=True)],
        "index": [0],
        "mode": ["software-outage", "new"],
        "slug": ["the-remark", "pr"],
        "number": [1, 77],
        "drill": ["the-remark"],
        "result_id": [uuid7(), *DrillResult.objects.values_list("public_id", flat=True)],
    }


def _addresses(pattern: URLPattern) -> list[str]:
    known: dict[str, list[Any]] = _candidates()
    found: list[dict[str, Any]] = [{}]
    names = pattern.pattern.converters
    assert set(names) <= set(known), f"{pattern.name}: say in this test what {set(names) - set(known)} may be"
    for name in names:
        found = [{**one, name: value} for one in found for value in known[name]]
    return [reverse(str(pattern.name), kwargs=each) for each in found]


def _answers(client: Browser, address: str, posted: dict[str, Any]) -> Iterator[Any]:
    """What the address says to those who ask in all ways that there are; what a form changed is undone again."""
    script, before = {"HX-Request": "true"}, Mailbox.objects.get(address=CLOSED).visibility
    with no_firm():
        yield client.get(address)
        yield client.get(address, {"q": PROBE, "sort": "name", "group": "clients", "all": "1"})
        yield client.get(address, {"q": PROBE}, headers=script)
    for headers in ({}, script):
        files = {"files": SimpleUploadedFile("x.bin", b"no")} if headers else {}
        with transaction.atomic():
            with no_firm():
                yield client.post(address, {**posted, **files}, headers=headers)
            _nothing_was_opened(before)
            transaction.set_rollback(True)


def _nothing_was_opened(visibility: str) -> None:
    assert Mailbox.objects.get(address=CLOSED).visibility == visibility
    assert not Share.objects.exists()
    said = Response.objects.filter(signal__message__in=closed_messages())
    assert set(said.values_list("action", flat=True)) <= {"own", "later"}
    assert Correction.objects.filter(message__in=closed_messages()).count() == 1  # Ada's


READERS = [
    (Role.STAFF, Visibility.METADATA), (Role.ADMINISTRATOR, Visibility.SUBJECT), (Role.FINANCE_VIEWER, Visibility.ALL),
]  # fmt: skip


def _known_to(role: str, visibility: str) -> set[str]:
    """Of what is closed: a subject, where subjects are open."""
    return {TOPIC} if visibility == Visibility.SUBJECT and role != Role.FINANCE_VIEWER else set()


@pytest.mark.parametrize(("role", "visibility"), READERS)
def test_no_address_shows_what_is_closed(
    client: Browser, closed_mail: None, others: dict[str, Member], role: str, visibility: str
) -> None:
    Mailbox.objects.filter(address=CLOSED).update(visibility=visibility)
    hidden = Client.objects.get(domains__value="hidden-xq.example")
    posted = {
        "signal": [str(one) for one in Signal.objects.order_by("pk").values_list("public_id", flat=True)],
        "client": str(hidden.public_id), "why": "x", "name": "Taken", "right": "", "start": "0", "end": "9",
        "consent": "yes", "visibility": "all", "do": "share", "q": PROBE, "with": "everybody",
        "to": str(others[Role.STAFF].public_id), "domain": "hidden-xq.example",
    }  # fmt: skip
    client.force_login(others[role], backend="amends.firm.sign_in.MemberBackend")
    told = set()
    for pattern in PATTERNS:
        for address in _addresses(pattern):
            for answer in ("own", "not_an_issue"):
                for response in _answers(client, address, {**posted, "answer": answer}):
                    assert response.status_code < 500, address
                    known = tells(body_of(response))
                    if pattern.name in {"client", "client-timeline", "thread", "reply", "reply-letter"}:
                        known -= _known_to(role, visibility)
                    told |= {(address, response.status_code, word) for word in known}
                if pattern.name != "answer":
                    break
    assert told == set()


# -- every function that takes a reader -----------------------------------------------------------------------------


def _functions() -> dict[str, Callable[..., Any]]:
    """All public functions of the parts that answer, whose first parameter is a reader."""
    names = [f"amends.insights.{one.name}" for one in pkgutil.iter_modules(amends.insights.__path__)]
    names += [
        f"amends.insights.recovery.{one}"
        for one in ("page", "earlier", "choosing", "evidence", "giving", "learning", "brief")
    ]
    names += ["amends.insights.capital.statement", "amends.insights.capital.evidence"]
    names += [f"amends.insights.boundaries.{one}" for one in ("requests", "referrals", "parting", "signs")]
    names += [
        "amends.mail.queries",
        "amends.mail.finding",
        "amends.mail.sharing",
        "amends.signals.queries",
        "amends.signals.queries.promises",
    ]
    found: dict[str, Callable[..., Any]] = {}
    for name in names:
        module = importlib.import_module(name)
        for key, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == name and not key.startswith("_"):
                parameters = list(inspect.signature(function).parameters)
                if parameters[:1] == ["reader"]:
                    found[f"{name.removeprefix('amends.')}.{key}"] = function
    return found


FUNCTIONS = _functions()


REFUSED = tuple(
    model.DoesNotExist
    for model in (Thread, Message, ImportRun, Promise, Recovery, Issue, Call, Remedy, Approval)
)  # fmt: skip
"""What somebody is answered who may not read it."""


def _asked(name: str, function: Callable[..., Any], reader: Reader, firm: Firm, now: datetime) -> Iterator[Any]:
    """What the function answers for everything that is there; what is refused is no answer."""
    hidden = Client.objects.get(domains__value="hidden-xq.example")
    work = [
        Engagement.objects.get_or_create(client=one, name="Retainer", defaults={"created_at": now})[0]
        for one in (hidden, Client.objects.get(domains__value="hartwell.example"))
    ]
    answered = [one.public_id for one in Message.objects.only("public_id")]
    values: dict[str, list[Any]] = {
        "engagement": work, "engagement_id": [one.public_id for one in work], "see_money": [True],
        "period": [Period((now - timedelta(days=90)).date(), now.date())], "first": [now - timedelta(days=90)],
        "after": [now],
        "member": [reader.member or Member.objects.get(email="ada@studio.example")], "also": [[]],
        "answering": answered, "audience": [Audience()],
        "account": list(Account.objects.all()),
        "firm": [firm], "now": [now], "at": [now], "known_at": [now], "until": [now.date()], "weeks": [52],
        "zone": [UTC], "words": [PROBE, SECRET, TOPIC, "hidden-xq", "invoice", "furious"], "group": ["clients"],
        "clients": [list(Client.objects.values_list("pk", flat=True))],
        "client_ids": [list(Client.objects.values_list("pk", flat=True))],
        "client": list(Client.objects.all()), "client_id": list(Client.objects.values_list("public_id", flat=True)),
        "thread": list(Thread.objects.all()), "thread_id": list(Thread.objects.values_list("public_id", flat=True)),
        "message": list(Message.objects.only("pk")),
        "message_id": list(Message.objects.values_list("public_id", flat=True)),
        "message_ids": [list(Message.objects.values_list("pk", flat=True))],
        "run_id": list(ImportRun.objects.values_list("public_id", flat=True)),
        "before": [None, 1 << 62], "limit": [100], "each": [20], "kind": ["complaint", "silence", "derailing"],
        "turns": [()], "partly": [True, False],
        "details": [list(Signal.objects.values_list("detail", flat=True))], "detail": [{}],
        "at_hand": [None, *Client.objects.all()], "sender": [None], "messages": [()],
        "recovery_id": list(Recovery.objects.values_list("public_id", flat=True)),
        "recovery": list(Recovery.objects.select_related("client", "owner")),
        "by": [reader.member or Member.objects.get(email="ada@studio.example")],
        "approval_id": list(Approval.objects.values_list("public_id", flat=True)),
        "remedy_id": list(Remedy.objects.values_list("public_id", flat=True)),
        "call_id": list(Call.objects.values_list("public_id", flat=True)),
        "issue_id": list(Issue.objects.values_list("public_id", flat=True)), "open_only": [True, False],
        "promise_id": list(Promise.objects.values_list("public_id", flat=True)), "rows": [Domain.objects.all()],
        "promises": [list(Promise.objects.filter(message=None))],
        "whom": ["team", "client"], "gate": list(Gate.objects.select_related("engagement__client")),
        "gate_id": list(Gate.objects.values_list("public_id", flat=True)),
        "publication": list(Publication.objects.select_related("engagement__client")),
        "publication_id": list(Publication.objects.values_list("public_id", flat=True)),
        "shown": [Shown(now, 1 << 62, 1000, tuple(SignalKind.values))],
        "wanted": [[tuple(row) for row in Posting.objects.values_list("evidence_kind", "evidence_id", "kind")]],
        "looked": [list(Client.objects.all())], "supplier": list(Supplier.objects.all()),
        "parting": list(Parting.objects.all()),
        "answers": [list(ScopeAnswer.objects.all())], "sent": [list(ReferralOut.objects.select_related("answer"))],
        "ids": [[]], "signal": list(Signal.objects.exclude(message__in=closed_messages())),
    }  # fmt: skip
    given: list[dict[str, Any]] = [{}]
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.default is not inspect.Parameter.empty and parameter.name not in {"client", "thread", "before"}:
            continue
        assert parameter.name in values, f"{name}: say in this test what its {parameter.name} may be"
        rows = parameter.name == "clients" and "Client" in str(parameter.annotation)
        offered = [list(Client.objects.all())] if rows else values[parameter.name]
        given = [{**one, parameter.name: value} for one in given for value in offered]
    for one in given:
        try:
            yield function(reader, **one)
        except REFUSED:
            continue


def _told(value: Any, seen: dict[int, Any]) -> Iterator[str]:
    """Every text that an answer holds, through rows and the rows that were loaded with them.

    `seen` keeps what it has seen: a thing that is gone leaves its id to another, which would be passed over.
    """
    if value is None or id(value) in seen or isinstance(value, Reader | Member | Firm):
        return
    seen[id(value)] = value
    if isinstance(value, str | bytes):
        yield value if isinstance(value, str) else value.decode("utf-8", "replace")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _told(key, seen)
            yield from _told(each, seen)
    elif isinstance(value, Model):
        yield from _told({k: v for k, v in vars(value).items() if k != "_state"}, seen)
        yield from _told(value._state.fields_cache, seen)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _told(getattr(value, one.name), seen)
    elif hasattr(value, "__iter__"):
        for each in value:
            yield from _told(each, seen)


APART = {
    "mail.queries.people_of": "a part of a query, asked of messages that are read",
    "insights.conversation.around": "asked with what was read; tests/integration/mail/test_sharing.py looks at it",
    "insights.recovery.page.conversations": "asked with what `queries.may_see` has let through",
    "insights.recovery.earlier.last_time": "the same; the flows of recoveries are tested by a reader who may not read",
    "insights.recovery.evidence.suggestions": "the same",
    "insights.recovery.brief.content_of": "asked with what `door.readable_recovery` has let through",
    "insights.facts.guarded": "given the detail that it guards; the same",
    "insights.mailboxes.left_out": "it names messages through `readable`; no live mailbox is here",
}


@pytest.mark.parametrize(("role", "visibility"), READERS)
def test_no_function_tells_what_is_closed(
    firm: Firm, closed_mail: None, others: dict[str, Member], fresh: datetime, role: str, visibility: str
) -> None:
    Mailbox.objects.filter(address=CLOSED).update(visibility=visibility)
    told = set()
    for name in FUNCTIONS.keys() - APART.keys():
        for answer in _asked(name, FUNCTIONS[name], Reader(others[role]), firm, fresh):
            told |= {(name, text[:200]) for text in _told(answer, {}) if tells(text) - _known_to(role, visibility)}
    assert told == set()


def test_subjects_are_shown_where_they_are_open(client: Browser, closed_mail: None, others: dict[str, Member]) -> None:
    Mailbox.objects.filter(address=CLOSED).update(visibility=Visibility.SUBJECT)
    client.force_login(others[Role.STAFF], backend="amends.firm.sign_in.MemberBackend")
    thread = Message.objects.get(message_id="plan1@hartwell.example").thread.public_id
    for address in (f"/clients/{Client.objects.get(name='Hartwell').public_id}/", f"/threads/{thread}/"):
        with no_firm():
            page = body_of(client.get(address))
        assert tells(page) == {TOPIC}, address
        assert "You may see the subject only." in page


def test_every_function_is_answered(firm: Firm, closed_mail: None, fresh: datetime) -> None:
    """The test above asks nothing that is refused to everybody."""
    silent = {
        name for name in FUNCTIONS.keys() - APART.keys()
        if not list(_asked(name, FUNCTIONS[name], SYSTEM, firm, fresh))
    }  # fmt: skip
    assert silent == set()


def test_ada_is_told_all_of_it(client: Browser, ada: Member, closed_mail: None) -> None:
    """The tests above would find what they look for, if it were there."""
    client.force_login(ada, backend="amends.firm.sign_in.MemberBackend")
    shut = Message.objects.filter(pk__in=closed_messages()).order_by("pk")[0]
    hartwell = Client.objects.get(name="Hartwell").public_id
    for address in (
        "/", f"/clients/{hartwell}/", f"/threads/{shut.thread.public_id}/", f"/search/?q={PROBE}", "/import/",
        "/set-aside/", "/set-apart/", f"/messages/{shut.public_id}/html", f"/messages/{shut.public_id}/original",
        f"/messages/{shut.public_id}/attachments/0",
    ):  # fmt: skip
        with no_firm():
            assert SECRET in tells(body_of(client.get(address))), address
    with no_firm():
        assert "hidden-xq.example" in tells(body_of(client.get("/clients/", {"q": "hidden-xq"})))


def test_functions_are_found() -> None:
    assert {"insights.today.today", "mail.queries.timeline", "mail.finding.search"} <= set(FUNCTIONS)
    assert {"signals.queries.lessons", "insights.relationship.relationship"} <= set(FUNCTIONS)
