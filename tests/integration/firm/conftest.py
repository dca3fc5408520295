"""A firm with a closed mailbox whose messages carry a word that nobody else may see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from tests.gating import at_gates
from tests.letters import bring, letter, mailbox

from amends.boundaries.models import HandoverItem, Parting, ReferralOut, ScopeAnswer, Service, Supplier
from amends.clients.models import Client, Engagement, Standing
from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.flows.judge import judge_new
from amends.flows.recovery.opening import Asked, open_recovery
from amends.flows.set_up import begin_run
from amends.goodwill.models import Claim, Guarantee
from amends.mail.models import Copy, Message, Visibility
from amends.mail.queries import Reader
from amends.recovery.models import Approval, Call, Evidence, Note, Recovery, Remedy
from amends.signals.models import Correction, Promise, Signal

SECRET, TOPIC = "Xanthippe", "Wexcombe"  # the topic stands in subjects alone
PROBE = "Xanthip*"
CLOSED = "ada@studio.example"
WHO = "Xanthippe <xanthippe@hartwell.example>"
WRONG = "I am furious that the third invoice has an error again."


@pytest.fixture
def fresh() -> datetime:
    """By the real clock; half an hour off the full day, so that no age on a page turns while a test looks."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)


@pytest.fixture
def others(firm: Firm, fresh: datetime) -> dict[str, Member]:
    """People to whom Ada's mailbox is closed."""
    return {
        role: Member.objects.create_member(email=f"{role}@studio.example", name=role.title(), role=role, now=fresh)
        for role in (Role.STAFF, Role.ADMINISTRATOR, Role.FINANCE_VIEWER)
    }


@pytest.fixture
def ada(member: Member) -> Member:
    """Who owns the closed mailbox."""
    return member


@pytest.fixture
def open_mail(firm: Firm, fresh: datetime, ada: Member) -> None:
    """What everybody reads: a client who writes and is answered, and complains."""
    mail = []
    for number in range(6):
        at = fresh - timedelta(days=30 - number)
        mail.append(letter("Dear team,\n\nplease send the plan. We look forward to it.\n", at=at,
                           message_id=f"plan{number}@hartwell.example", subject=f"Plan {number}"))  # fmt: skip
        mail.append(letter("Dear Petra,\n\nhere it is, as agreed.\n", at=at + timedelta(hours=2),
                           sender="team@studio.example", to="petra@hartwell.example",
                           message_id=f"sent{number}@studio.example",
                           references=[f"plan{number}@hartwell.example"], subject=f"Re: Plan {number}"))  # fmt: skip
    mail.append(letter(f"Dear team,\n\n{WRONG} Please look at it.\n", at=fresh - timedelta(days=3),
                       message_id="wrong@hartwell.example", subject="The invoice"))  # fmt: skip
    bring(*mail, now=fresh, address="team@studio.example")
    judge_new(now=fresh)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    box = mailbox(now=fresh, address=CLOSED)
    box.owner, box.visibility = ada, Visibility.METADATA
    box.save()


def closed_letter(text: str, *, at: datetime, number: int = 0, **more: Any) -> bytes:
    """One message of the closed mailbox: the word is everywhere in it, and in its attachment."""
    made = letter(
        f"Dear Ada,\n\n{SECRET} here. {text} {SECRET}.\n\n{SECRET} Vane\n", at=at,
        **{"sender": WHO, "subject": f"{TOPIC} {number}", "message_id": f"{SECRET}{number}@hidden.example",
           "headers": {"X-Whose": SECRET}, **more},
    ).decode()  # fmt: skip
    head, _, body = made.partition("\n\n")
    kind = "Content-Type: multipart/mixed; boundary=cut\n"
    head = re.sub(r"Content-Type:.*\n(?: .*\n)*|Content-Transfer-Encoding:.*\n?", "", head + "\n")
    part = f"--cut\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    html = f"--cut\nContent-Type: text/html; charset=utf-8\n\n<p>{SECRET} {body}</p>\n"
    name = f'--cut\nContent-Type: text/plain; name="{SECRET}.txt"\nContent-Disposition: attachment; '
    return f'{head}{kind}\n{part}{html}{name}filename="{SECRET}.txt"\n\n{SECRET}\n--cut--\n'.encode()


@pytest.fixture
def closed_mail(open_mail: None, fresh: datetime) -> None:
    """What Ada alone reads: an answer in a conversation that all read, complaints, a newsletter, a broken message, a
    client of whom nobody else knows, and what she corrected."""
    mail = [
        closed_letter(WRONG, at=fresh - timedelta(days=4), number=1, references=["plan1@hartwell.example"]),
        closed_letter(WRONG, at=fresh - timedelta(days=5), number=2),
        closed_letter("You never answer. I am very disappointed.", at=fresh - timedelta(days=6), number=3,
                sender=f"{SECRET} <{SECRET}@kept.hidden-xq.example>"),
        closed_letter("Buy now.", at=fresh - timedelta(days=7), number=4,
                headers={"List-Unsubscribe": f"<https://{SECRET}/>"}),
        closed_letter(f"I will send you the {SECRET} photographs by Friday.", at=fresh - timedelta(days=1), number=6),
        closed_letter(f"We will send you the {SECRET} plan within two weeks.", at=fresh - timedelta(days=2), number=7,
                sender="Ada Moss <ada@studio.example>", to=WHO),
        closed_letter("Thank you.", at=fresh - timedelta(days=8), number=5),
    ]  # fmt: skip
    run = begin_run([], now=fresh, address=CLOSED)
    run.label, run.sources, run.problem = f"{SECRET}.mbox", [f"/{SECRET}.mbox"], SECRET
    run.report = {"seen": 7, "imported": 7, "set_aside": [{"source": SECRET, "reason": "broken"}]}
    run.save()
    bring(*mail, now=fresh, address=CLOSED)
    Message.objects.filter(message_id=f"{SECRET}5@hidden.example").update(set_aside=f"{SECRET} could not be read.")
    judge_new(now=fresh)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    hidden = Signal.objects.filter(message__in=closed_messages(), kind="complaint").first()
    assert hidden is not None
    Correction.objects.create(message=hidden.message, start=0, end=5, quote=f"{SECRET} is not angry", said="anger",
                              right="", at=fresh, batch=uuid7())  # fmt: skip
    _promises(fresh)
    told = Signal.objects.get(message__message_id="wrong@hartwell.example", kind="complaint")
    told.detail = {**told.detail, "why": f"You said of “{SECRET} is not angry” that it is a complaint."}
    told.save()


def _promises(fresh: datetime) -> None:
    """What is found in the closed mail, one of it confirmed, overdue and perhaps kept; and one that nobody wrote."""
    assert Promise.objects.filter(message__in=closed_messages()).count() == 2
    one = Promise.objects.filter(by="firm").get()
    hint = Message.objects.get(message_id=f"{SECRET}5@hidden.example")
    Promise.objects.filter(pk=one.pk).update(
        state="pending", confirmed_at=fresh, due=fresh - timedelta(days=1), hint=hint, hint_start=0, hint_end=20
    )
    Promise.objects.create(
        client=one.client, by="firm", text="Call them", origin="person", key="person:1", state="pending",
        made_at=fresh, confirmed_at=fresh, due=fresh + timedelta(days=1), hint=hint, hint_start=0, hint_end=20,
    )  # fmt: skip


def closed_messages() -> Any:
    return Copy.objects.filter(mailbox__address=CLOSED).values("message")


def body_of(response: Any) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode("utf-8", "replace")
    return cast(bytes, response.content).decode("utf-8", "replace")


def tells(text: str) -> set[str]:
    low = text.lower().replace(PROBE.lower(), "")
    return {word for word in (SECRET, TOPIC, "hidden-xq.example") if word.lower() in low}


@pytest.fixture
def put_right(closed_mail: None, ada: Member, fresh: datetime) -> Recovery:
    """Something that Ada alone puts right, for nobody else reads what it rests on."""
    shut = Signal.objects.filter(message__in=closed_messages(), kind="complaint").order_by("pk")
    thread = shut.exclude(message__message_id=f"{SECRET}1@hidden.example")[0].message.thread
    made = open_recovery(Reader(ada), Asked(threads=[thread.public_id]), by=ada, now=fresh)
    Evidence.objects.create(issue=made.issues.all()[0], kind="document", label=SECRET, at=fresh)
    remedy = Remedy.objects.create(
        recovery=made, kind="credit", what="A credit", cost=80_00, currency="EUR", at=fresh, changed_at=fresh
    )
    Approval.objects.create(remedy=remedy, asked_by=ada, asked_at=fresh)
    call = Call.objects.create(recovery=made, began_at=fresh, wanted=SECRET)
    Note.objects.create(call=call, public_id=uuid7(), author=ada, text=SECRET, at=fresh)
    letter = Message.objects.filter(pk__in=closed_messages(), client=made.client).earliest("pk")
    work = Engagement.objects.create(client=made.client, name="Launch", created_at=fresh)
    at_gates(work, "By telephone", at=fresh, message=letter, quote=SECRET)
    _asked_for_more(ada, fresh)
    terms = Guarantee.objects.create(
        name="Money back", words="Money back", kind="refund", currency="EUR", at=fresh, changed_at=fresh
    )
    Claim.objects.create(
        guarantee=terms, client=made.client, claimed_on=fresh.date(), words=f"{SECRET} wants it back", who=SECRET,
        evidence=letter.public_id, currency="EUR", at=fresh, changed_at=fresh,
    )  # fmt: skip
    return made


def _asked_for_more(ada: Member, fresh: datetime) -> None:
    """Requests in closed mail that Ada answered, an introduction, and a parting with a promise of closed mail."""
    shut = Message.objects.filter(pk__in=closed_messages(), client__isnull=False).order_by("pk")[0]
    client = shut.client
    assert client is not None
    supplier = Supplier.objects.create(name="Film House", at=fresh)
    Service.objects.create(name="Film", how="not", at=fresh)
    row = ScopeAnswer.objects.create(
        client=client, message=shut.public_id, kind="referred", words=SECRET, by=ada, at=fresh
    )
    ReferralOut.objects.create(client=client, supplier=supplier, answer=row, what=SECRET, helped_words=SECRET, at=fresh)
    promise = Promise.objects.filter(message__in=closed_messages()).first()
    assert promise is not None
    parting = Parting.objects.create(client=client, state="handing_over", reasons="x", opened_at=fresh)
    HandoverItem.objects.create(parting=parting, kind="promise", what=SECRET, promise=promise.public_id, at=fresh)
