"""A first message to a client: the reply box without a conversation before it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.rules import Right, may
from amends.flows import send
from amends.insights.people import people_of
from amends.judgement.guard import Finding
from amends.outbox.compose import File, NoAddress, Person, address
from amends.outbox.models import Draft
from amends.outbox.queries import NoSender, account_for, letters_to
from amends.outbox.recipients import written
from amends.web.check.forms import Asked
from amends.web.check.places import lf
from amends.web.check.views import beside, part, take_plain
from amends.web.guard import needs
from amends.web.http import clock, firm_of, member_of, reader_of
from amends.web.outbox.entries import deciders, entry_of
from amends.web.thread.reply_forms import LetterForm


@never_cache
@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """The box; a POST sends what was written, or shows it again with what is missing."""
    client = _client(client_id)
    known = _known(request, client)
    if request.method != "POST":
        return _page(request, client, known)
    form = LetterForm(request.POST, request.FILES, known=known)
    if not form.is_valid():
        return _page(request, client, known, form=form)
    take_plain(request)
    try:
        draft = send.write(
            reader_of(request), client_id, _written(form, form.cleaned_data["attached"]), by=member_of(request),
            now=clock(),
        )  # fmt: skip
    except send.LookAgain as error:
        return _page(request, client, known, form=form, findings=error.findings)
    except AmendsError as error:
        return _page(request, client, known, form=form, problem=str(error))
    return redirect(f"{reverse('letter', args=[client_id])}?sent={draft.public_id}#outgoing")


@needs(Right.ACT)
@require_POST
def check(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """What stands beside a message while it is written. Nothing is kept."""
    given, form = Asked(request), LetterForm(request.POST, known=_known(request, _client(client_id)))
    form.is_valid()  # what cannot be read names nobody
    answer = send.Answer(
        key=given.key, answering=None, audience=form.audience, text=given.text, subject=given.value("subject"),
        files=[File(name, "", b"") for name in given.file_names], kept_files=form.kept,
    )  # fmt: skip
    found = send.look_new(reader_of(request), client_id, answer, by=member_of(request), now=clock())
    standing = {each.mark for each in found.dismissed}
    return part(
        request, given.text, found.left, key=given.key, dismissed=found.dismissed, standing=standing, names=True
    )


def _written(form: LetterForm, files: Sequence[File]) -> send.Answer:
    given = form.cleaned_data
    return send.Answer(
        key=given["key"], answering=None, audience=form.audience, text=given["text"], subject=given["subject"],
        quotes=False, files=files, kept_files=form.kept, seen=form.seen, shown=form.shown,
    )  # fmt: skip


def _page(
    request: HttpRequest, client: Client, known: dict[str, Person], *, form: LetterForm | None = None,
    problem: str = "", findings: Sequence[Finding] = (),
) -> HttpResponse:  # fmt: skip
    member, status = member_of(request), 422 if form else 200
    leaving, begun = letters_to(client, member=member, also=_sent(request))
    form = form or LetterForm(initial=_initial(request, begun, known), known=known)
    try:
        account = account_for(member)
    except NoSender:
        account = None
    context: dict[str, Any] = {
        "client": client,
        "entries": [entry_of(draft, member) for draft in leaving],
        "box": {"account": account},
        "form": form,
        "key": form["key"].value(),
        "check_url": reverse("letter-check", args=[client.public_id]),
        "findings": findings,
        "deciders": "" if may(member.role, Right.DECIDE) else deciders(member),
        **beside(lf(str(form["text"].value() or "")), findings, names=True),
        "draft_files": list(begun.files.all()) if begun else [],
        "problem": problem,
        "undo_seconds": firm_of(request).undo_seconds,
    }
    return render(request, "client/letter.html", context, status=status)


def _initial(request: HttpRequest, begun: Draft | None, known: dict[str, Person]) -> dict[str, Any]:
    if begun is None:
        asked = [email for email in request.GET.getlist("to") if email in known]
        return {"key": uuid7(), "people": asked}
    rows = list(begun.recipients.all())
    chosen = [row.email for row in rows if row.role == "to" and row.email in known]
    groups = {
        role: written(Person(row.name, row.email) for row in rows if row.role == role and row.email not in chosen)
        for role in ("to", "cc", "bcc")
    }
    return {"key": begun.public_id, "people": chosen, "subject": begun.subject, "text": begun.text, **groups}


def _known(request: HttpRequest, client: Client) -> dict[str, Person]:
    """Their people by address, those that mail can be sent to."""
    found: dict[str, Person] = {}
    for person in people_of(reader_of(request), client):
        for email in person.addresses:
            try:
                usable = address(email)
            except NoAddress:
                continue
            found[usable] = Person(person.name, usable)
    return found


def _sent(request: HttpRequest) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(request.GET["sent"])]
    except (KeyError, ValueError):
        return []


def _client(client_id: uuid.UUID) -> Client:
    try:
        return Client.objects.get(public_id=client_id)
    except Client.DoesNotExist as error:
        raise Http404 from error
