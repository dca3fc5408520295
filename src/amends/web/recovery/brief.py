"""The brief: read, edited, printed, kept as a file, and sent to the client before the call."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.rules import Right
from amends.flows import send
from amends.flows.recovery import briefs, mailing
from amends.insights.recovery import pdf
from amends.insights.recovery.brief_page import BriefPage, brief_page, compare
from amends.insights.recovery.document import parse, to_html
from amends.judgement.guard import Finding
from amends.outbox.queries import can_send
from amends.recovery.models import BriefFor, Recovery
from amends.web.guard import has, needs
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.doing import number
from amends.web.recovery.forms import EditForm, MailForm

_FILES = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@needs(Right.READ_MAIL)
@require_safe
def page(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Both versions, one at a time."""
    found = _found(request, recovery_id, _whom(request))
    return render(request, "recovery/brief.html", {**_shown(found), "acts": has(request, Right.ACT)})


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """The text of a version, to be changed."""
    found = _found(request, recovery_id, _whom(request))
    initial = {"text": found.text, "wrote_from": found.mark, "version": found.version}
    form = EditForm(request.POST or None, initial=initial)
    problem, theirs = "", ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            briefs.edit(
                reader_of(request), recovery_id, found.whom, given["text"], wrote_from=given["wrote_from"],
                version=given["version"], by=member_of(request), now=clock(),
            )  # fmt: skip
        except AmendsError as error:
            problem = str(error)
            theirs = found.text if found.version != given["version"] else ""
        else:
            messages.success(request, _("Kept as you wrote it."))
            return redirect(_address("brief", found))
    context = {**_shown(found), "form": form, "problem": problem, "theirs": theirs}
    if theirs:  # what the person wrote stays in the box, and from now on it is put over theirs on purpose
        context["form"] = EditForm(initial={**initial, "text": form.cleaned_data["text"]})
        context["compared"] = list(compare(theirs, form.cleaned_data["text"]))
    return render(request, "recovery/brief_edit.html", context, status=422 if problem or form.errors else 200)


@needs(Right.ACT)
@require_POST
def anew(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Give an edited version up; the text that was given up is offered back on the page that follows."""
    found = _found(request, recovery_id, _whom(request))
    try:
        text = briefs.write_anew(
            reader_of(request), recovery_id, found.whom, version=_version(request), by=member_of(request), now=clock()
        )
    except AmendsError as error:
        messages.error(request, str(error))
        return redirect(_address("brief", found))
    fresh = _found(request, recovery_id, found.whom)
    undo = EditForm(initial={"text": text, "wrote_from": found.edited.wrote_from if found.edited else "", "version": 0})
    return render(request, "recovery/brief.html", {**_shown(fresh), "acts": True, "undo": undo})


@needs(Right.ACT)
@require_POST
def stands(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """The edited version stands, although findings moved on."""
    found = _found(request, recovery_id, _whom(request))
    try:
        briefs.let_stand(reader_of(request), recovery_id, found.whom, version=_version(request), now=clock())
    except AmendsError as error:
        messages.error(request, str(error))
    return redirect(_address("brief", found))


@needs(Right.READ_MAIL)
@require_safe
def paper(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """The brief and nothing else, to be printed or shown."""
    return render(request, "recovery/brief_paper.html", _shown(_found(request, recovery_id, _whom(request))))


@needs(Right.READ_MAIL)
@require_safe
def file(request: HttpRequest, recovery_id: uuid.UUID, form: str) -> HttpResponse:
    """The brief as a file: md, html or pdf."""
    if form not in _FILES:
        raise Http404
    found = _found(request, recovery_id, _whom(request))
    if form == "pdf":
        made = pdf.pdf(found.text, found.sheet)
    else:
        made = (found.text if form == "md" else pdf.page(found.text, found.sheet)).encode()
    name = quote(f"{briefs.file_name(found)}.{form}")
    way = "inline" if form == "pdf" and "look" in request.GET else "attachment"
    headers = {"Content-Disposition": f"{way}; filename*=UTF-8''{name}", "Cache-Control": "no-store, private"}
    return HttpResponse(made, content_type=_FILES[form], headers=headers)


@needs(Right.ACT)
@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: HttpRequest, recovery_id: uuid.UUID) -> HttpResponse:
    """Send the client version before the call."""
    found = _found(request, recovery_id, BriefFor.CLIENT)
    choices = mailing.people(reader_of(request), found.recovery)
    form = MailForm(request.POST or None, choices=choices, initial=_initial(found, choices))
    problem, status = "", 200
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                briefs.send_brief(
                    reader_of(request), recovery_id, form.mailing, with_pdf=form.cleaned_data["with_pdf"],
                    by=member_of(request), now=clock(),
                )  # fmt: skip
            except send.LookAgain as error:
                findings = error.findings
            except AmendsError as error:
                problem = str(error)
            else:
                return redirect(_address("brief", found))
    context = {
        **_shown(found), "form": form, "problem": problem, "findings": findings, "words": briefs.words_of(found),
        "can_send": can_send(member_of(request)),
        "answered": mailing.answered(reader_of(request), found.recovery),
    }  # fmt: skip
    return render(request, "recovery/brief_send.html", context, status=status)


def _initial(found: BriefPage, choices: list[mailing.Choice]) -> dict[str, Any]:
    there = [each.person.email for each in choices if each.there] or [each.person.email for each in choices[:1]]
    first = found.person.split()[0] if found.person else _("all")
    text = _(
        "Dear %(name)s,\n\nbefore we speak, here is what you told us, point by point, with what we found and what we do"
        " about it. On the call I would like to hear it from you first."
    )
    return {"to": there, "text": text % {"name": first}, "key": uuid7(), "with_pdf": True}


def _shown(found: BriefPage) -> dict[str, Any]:
    return {
        "brief": found, "recovery": found.recovery, "client": found.recovery.client, "whom": found.whom,
        "html": SafeString(to_html(parse(found.text))),  # every word in it is escaped there
    }  # fmt: skip


def _found(request: HttpRequest, recovery_id: uuid.UUID, whom: str) -> BriefPage:
    try:
        return brief_page(reader_of(request), recovery_id, whom)
    except Recovery.DoesNotExist as error:
        raise Http404(_("There is no such recovery.")) from error


def _whom(request: HttpRequest) -> str:
    asked = request.GET.get("for", BriefFor.TEAM)
    if asked not in BriefFor.values:
        raise Http404
    return asked


def _version(request: HttpRequest) -> int:
    return number(request.POST.get("version", ""))


def _address(name: str, found: BriefPage) -> str:
    return f"{reverse(name, args=[found.recovery.public_id])}?{urlencode({'for': found.whom})}"
