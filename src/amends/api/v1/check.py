"""The check of a draft before it leaves, and what was made of its findings."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from amends.api.door import Bearer, member_of, now_of, reader_of, token_of
from amends.api.problems import Trouble
from amends.api.v1.parts import answers
from amends.api.v1.schemas.check import CheckNew, CheckOut, FindingOut, People, ReactionsNew, ReactionsOut
from amends.firm.rules import Scope
from amends.flows import guard
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Made
from amends.outbox.recipients import Audience

router = Router(tags=["Check"])
CHECK = Bearer(Scope.CHECK)
_BESIDE_TEXT = ("to", "cc", "bcc", "subject", "attachments")


@router.post("/check", auth=CHECK, response=answers(CheckOut, 400, 404, 413), summary="Check a draft")
def check_draft(request: HttpRequest, body: CheckNew) -> CheckOut:
    """Judges what is about to leave beside what the firm knows: the conversation, its clients, their glossaries, what
    is open and promised, the sender's authority, how the firm weighs the rules.

    Nothing of it is kept, so that the same request may be sent as often as you like; an `Idempotency-Key` is passed
    over. What you may not read is not looked at, and naming it is 404.

    Findings may quote words of the conversation that is answered, so stored mail is looked at only for a token that
    was given `read:mail` too. Without it the draft is judged by its own words, its recipients, the glossary and the
    rules; what its headers say it answers is passed over, and `answering` is 403.
    """
    _one_of_two(body)
    reader, by, now = _reader(request, body), member_of(request), now_of(request)
    given = guard.settings_given(only=body.only, off=body.off)
    if body.eml is not None:
        raw = body.eml.encode("utf-8", "replace")
        draft, result = guard.check_message(
            reader, raw, by=by, now=now, answering=body.answering, client=body.client, given=given
        )
    else:
        draft, result = guard.check_written(reader, _written(body), by=by, now=now, given=given)
    return CheckOut(
        verdict=result.verdict, new_text=draft.new_text, findings=[FindingOut.of(each) for each in result.findings],
        failed=sorted(result.failed),
    )  # fmt: skip


@router.post(
    "/check/reactions", auth=CHECK, response=answers(ReactionsOut, 400, status=201), summary="Say what was made of it"
)
def react_to_findings(request: HttpRequest, body: ReactionsNew) -> Status[ReactionsOut]:
    """Keeps what somebody made of findings, without the words that were found. Of this `amends rules --report` tells
    how good each rule is in use. All are kept, or none.
    """
    told = [
        guard.Told(guard.Seen(each.rule, each.mark), Made(each.made), each.reason or "", each.why)
        for each in body.reactions
    ]
    kept = guard.react_to_all(told, draft=body.draft, by=member_of(request), now=now_of(request))
    return Status(201, ReactionsOut(draft=body.draft, kept=kept))


def _reader(request: HttpRequest, body: CheckNew) -> Reader:
    """Who looks at stored mail: nobody, with a token that may not read mail."""
    if Scope.READ_MAIL in token_of(request).scopes:
        return reader_of(request)
    if body.answering is not None:
        text = "This token was not given read:mail, which answering needs: leave it out, or make a token that was."
        raise Trouble(403, "scope-missing", text)
    return Reader(member_of(request), without_mail=True)


def _one_of_two(body: CheckNew) -> None:
    """Refuse a draft that is neither a message nor a text, or both."""
    if (body.eml is None) == (body.text is None):
        raise Trouble(422, "refused", "Send the draft as eml or as text, one of the two.")
    twice = [name for name in _BESIDE_TEXT if getattr(body, name)]
    if body.eml is not None and twice:
        raise Trouble(422, "refused", f"An eml says itself what {', '.join(twice)} would say: leave that out.")


def _written(body: CheckNew) -> guard.Written:
    text = _whole(body.text or "").replace("\r\n", "\n")
    return guard.Written(
        text, Audience(_people(body.to), _people(body.cc), _people(body.bcc)), subject=_whole(body.subject),
        files=[_whole(name) for name in body.attachments], answering=body.answering, client=body.client,
    )  # fmt: skip


def _people(given: People) -> tuple[Person, ...]:
    return tuple(Person(_whole(each.name), _whole(each.email.strip())) for each in given)


def _whole(text: str) -> str:
    """Halves of characters, which JSON can hold and UTF-8 cannot, become question marks."""
    return text.encode("utf-8", "replace").decode()
