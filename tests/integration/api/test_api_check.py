"""The check for programs: beside what the firm knows, as far as the member may read it; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from tests.integration.api.conftest import COMPLAINT, Program
from tests.letters import letter

from amends.clients.models import Client, Engagement, GlossaryTerm
from amends.firm.models import AccessToken, KeyedRequest, Member
from amends.firm.rules import Scope
from amends.flows.guard import choose
from amends.mail.models import Message
from amends.outbox.models import Reaction

BLAME = "Dear Petra,\n\nYou should have told us about the third invoice. I will send it on Friday.\n"
FINDING = {"rule", "family", "severity", "quote", "start", "end", "why", "suggestion", "mark"}


def answered(number: int) -> Message:
    return Message.objects.get(message_id=f"invoice{number}@house{number:03}.example")


def eml(text: str, at: Any, *, number: int = 0, **more: Any) -> str:
    to = f"Petra House <petra@house{number:03}.example>"
    return letter(text, at=at, sender="Ada Moss <ada@studio.example>", to=to, **more).decode()


def checked(program: Program, **body: object) -> dict[str, Any]:
    answer = program.ask("POST", "/check", body)
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    return said


def rules_of(said: dict[str, Any]) -> list[str]:
    return [each["rule"] for each in said["findings"]]


def test_a_text_is_checked_beside_the_message_that_it_answers(program: Program, work: Engagement) -> None:
    said = checked(program, text=BLAME, answering=str(answered(0).public_id), subject="Re: Invoice 0",
                   to=[{"email": "petra@house000.example", "name": "Petra House"}])  # fmt: skip
    assert set(said) == {"verdict", "new_text", "findings", "failed"}
    assert (said["verdict"], said["failed"], said["new_text"]) == ("warn", [], BLAME.strip())
    found, whole = said["findings"]
    assert set(found) == set(whole) == FINDING
    assert (whole["family"], whole["quote"]) == ("complaint_not_owned", None)
    assert (found["rule"], found["family"], found["severity"]) == ("blame-should-have", "blame", "warn")
    assert BLAME[found["start"] : found["end"]] == found["quote"]


def test_line_ends_and_blanks_at_the_ends_change_nothing(program: Program, work: Engagement) -> None:
    marks = [
        [each["mark"] for each in checked(program, text=text)["findings"]]
        for text in (BLAME, BLAME.replace("\n", "\r\n"), f"  \n{BLAME}  \n")
    ]
    assert marks[0]
    assert marks == [marks[0]] * 3


@pytest.mark.parametrize("kind", ["text", "eml"])
def test_half_a_character_is_no_reason_to_fail(kind: str, program: Program, firm: Any) -> None:
    assert checked(program, **{kind: "Dear \ud800,\n\nfine.\n"})["new_text"].startswith("Dear ?,")


def test_a_message_says_by_its_headers_what_it_answers(program: Program, work: Engagement, fresh: Any) -> None:
    said_before = Message.objects.get(message_id="invoice0@house000.example")
    assert COMPLAINT in said_before.body.text
    cool = "Dear Petra,\n\nhere is the plan for next week.\n\nAda\n"
    alone = checked(program, eml=eml(cool, fresh))
    beside = checked(program, eml=eml(cool, fresh, references=["invoice0@house000.example"]))
    by_id = checked(program, eml=eml(cool, fresh), answering=str(said_before.public_id))
    assert rules_of(alone) == []
    assert "complaint_not_owned" in {each["family"] for each in beside["findings"]}
    assert by_id == beside


def test_the_client_s_words_are_known_by_whom_it_is_for(program: Program, work: Engagement, fresh: Any) -> None:
    client = work.client
    GlossaryTerm.objects.create(client=client, wrong="brochure", right="leaflet", at=fresh)
    text = "Dear Petra,\n\nhere is the brochure.\n"
    where = [each.value for each in client.domains.all()]
    for known in ({"client": str(client.public_id)}, {"to": [{"email": f"petra@{where[0]}"}]}):
        assert rules_of(checked(program, text=text, **known)) == ["glossary"]
    other = Client.objects.exclude(pk=client.pk).earliest("pk")
    assert rules_of(checked(program, text=text, client=str(other.public_id))) == []


def test_some_rules_only_and_some_not(program: Program, work: Engagement, member: Member, fresh: Any) -> None:
    text = f"{BLAME}The price is [amount].\n"
    assert set(rules_of(checked(program, text=text))) == {"blame-should-have", "placeholder"}
    assert rules_of(checked(program, text=text, only=["placeholder"])) == ["placeholder"]
    assert rules_of(checked(program, text=text, off=["placeholder"])) == ["blame-should-have"]
    choose("blame", "off", by=member, now=fresh)
    assert rules_of(checked(program, text=text, off=["placeholder"])) == []


def test_nothing_of_it_is_kept(program: Program, work: Engagement, secret: str) -> None:
    program.get("/me")  # notes when the token was last used
    ours = [model for model in apps.get_models() if model.__module__.startswith("amends.")]

    def rows() -> dict[str, int]:
        return {model.__name__: model._default_manager.count() for model in ours}

    before = rows()
    body = {"text": BLAME, "answering": str(answered(0).public_id)}
    first = program.ask("POST", "/check", body, Idempotency_Key="k")
    again = program.ask("POST", "/check", {**body, "text": "Dear Petra,\n\nfine.\n"}, Idempotency_Key="k")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() != again.json()
    assert first["Cache-Control"] == "private, no-store"
    assert rows() == before
    assert not KeyedRequest.objects.exists()
    assert AccessToken.objects.count() == 1


def test_one_clear_word_where_it_is_too_large(program: Program, firm: Any) -> None:
    answer = program.ask("POST", "/check", {"text": "x" * 2_700_000})
    said = answer.json()
    assert (answer.status_code, said["type"]) == (413, "urn:amends:problem:too-large")
    assert said["detail"] == "This request is too large: 2,621,440 bytes are the most."
    assert program.ask("POST", "/check", {"text": "word " * 200_000}).status_code == 200
    crowd = [{"email": f"p{number}@x.example"} for number in range(501)]
    assert program.ask("POST", "/check", {"text": "x", "to": crowd}).json()["errors"][0]["where"] == "body.to"


def told(program: Program, draft: str, *reactions: dict[str, str], **headers: str) -> Any:
    return program.ask("POST", "/check/reactions", {"draft": draft, "reactions": list(reactions)}, **headers)


def test_what_was_made_of_findings_is_kept_once(program: Program, work: Engagement, member: Member) -> None:
    [found] = checked(program, text=BLAME)["findings"]
    draft, seen = str(uuid4()), {"rule": found["rule"], "mark": found["mark"]}
    assert told(program, draft, {**seen, "made": "accepted"}).json() == {"draft": draft, "kept": 1}
    wrong = {**seen, "made": "dismissed", "reason": "wrong", "why": "It was a joke."}
    answer = told(program, draft, wrong, Idempotency_Key="k")
    assert (answer.status_code, told(program, draft, wrong, Idempotency_Key="k")["Idempotency-Replayed"]) == (
        201,
        "true",
    )
    kept = Reaction.objects.get()
    assert (kept.rule, kept.family, kept.made, kept.reason, kept.member) == (
        "blame-should-have", "blame", "dismissed", "wrong", member,
    )  # fmt: skip
    assert str(kept.draft_key) != draft  # it meets no draft of anybody


@pytest.mark.parametrize(
    "wrong",
    [
        {"made": "dismissed"}, {"made": "accepted", "reason": "wrong"}, {"made": "shrugged"}, {"mark": "x"},
        {"rule": "no-such-rule"}, {"made": "dismissed", "reason": "mood"}, {"why": "x\x00"},
    ],
)  # fmt: skip
def test_all_are_kept_or_none(wrong: dict[str, str], program: Program, firm: Any) -> None:
    good = {"rule": "placeholder", "mark": "0" * 16, "made": "accepted"}
    assert told(program, str(uuid4()), good, {**good, "mark": "1" * 16, **wrong}).status_code == 422
    assert not Reaction.objects.exists()


def test_the_drafts_of_two_members_do_not_meet(
    program: Program, with_scopes: Callable[..., Program], member: Member, fresh: Any
) -> None:
    other = Member.objects.create_member(email="st@studio.example", name="St", role="staff", now=fresh)
    draft, said = str(uuid4()), {"rule": "placeholder", "mark": "0" * 16, "made": "sent"}
    for each in (program, with_scopes(Scope.CHECK), with_scopes(Scope.CHECK, of=other)):
        assert told(each, draft, said).status_code == 201
    assert set(Reaction.objects.values_list("member", flat=True)) == {member.pk, other.pk}
    assert Reaction.objects.count() == 2


def test_without_read_mail_no_word_of_stored_mail_is_told(
    program: Program, with_scopes: Callable[..., Program], work: Engagement, fresh: Any
) -> None:
    cool = "Dear Petra,\n\nhere is the plan for next week.\n\nAda\n"
    sent = eml(cool, fresh, references=["invoice0@house000.example"])
    alone = with_scopes(Scope.CHECK)
    beside = program.ask("POST", "/check", {"eml": sent})
    assert "complaint_not_owned" in {each["family"] for each in beside.json()["findings"]}, "it says what they wrote"
    both = with_scopes(Scope.CHECK, Scope.READ_MAIL).ask("POST", "/check", {"eml": sent})
    assert both.json() == beside.json()
    assert checked(alone, eml=sent) == checked(alone, eml=eml(cool, fresh))
    assert checked(alone, eml=sent)["findings"] == []
    assert rules_of(checked(alone, text=BLAME)) == ["blame-should-have"], "its own words are judged"
    named = alone.ask("POST", "/check", {"text": cool, "answering": str(answered(0).public_id)})
    assert (named.status_code, named.json()["type"]) == (403, "urn:amends:problem:scope-missing")
    assert "read:mail" in named.json()["detail"]
    unknown = alone.ask("POST", "/check", {"text": cool, "answering": str(uuid4())})
    assert unknown.content == named.content, "nor whether there is such a message"


def test_without_read_mail_the_client_s_words_still_count(
    with_scopes: Callable[..., Program], work: Engagement, fresh: Any
) -> None:
    GlossaryTerm.objects.create(client=work.client, wrong="brochure", right="leaflet", at=fresh)
    text = "Dear Petra,\n\nhere is the brochure.\n"
    assert rules_of(checked(with_scopes(Scope.CHECK), text=text, client=str(work.client.public_id))) == ["glossary"]
