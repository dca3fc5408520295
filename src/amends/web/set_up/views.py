"""The set-up page. Where it is, and how far, lies in the firm's rows: leaving it and coming back goes on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.errors import AmendsError
from amends.firm.models import Firm, Role
from amends.firm.places import country_of_zone, is_country
from amends.firm.queries import all_members, open_invitations
from amends.firm.rules import Right
from amends.flows import first_steps
from amends.flows.first_steps import FIELDS, Meanwhile, Step
from amends.flows.live import accounts
from amends.flows.members import invite_several
from amends.insights.arriving import Arriving, arriving
from amends.insights.today import today
from amends.insights.whose import Whose, whose_mail
from amends.web import once
from amends.web.bring_in.taking import by_script, limits, take_files
from amends.web.guard import needs, network_address
from amends.web.http import clock, member_of, reader_of
from amends.web.mailboxes.forms import AddForm
from amends.web.mailboxes.permission import ask_for, offered
from amends.web.mailboxes.views import blame
from amends.web.set_up import words
from amends.web.set_up.forms import DomainsForm, PeopleForm, PlaceForm, listed

ROWS = 5  # of Today
_ENOUGH = 300  # messages that show whose mail it is while more is coming
_HALF = 50  # in a hundred
_LINKS = "made_links"  # in the session, sealed
_STEPS = {"firm": Step.FIRM, "mail": Step.MAIL, "people": Step.PEOPLE}
_REGION = re.compile(r"^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")


@never_cache
@needs(Right.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Where the firm is; `step` opens an earlier part again. A POST answers one part."""
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("do", ""))
        if deed is None:
            raise Http404
        return deed(request)
    firm = _firm(request)
    here = first_steps.step_of(firm)
    return _page(request, firm, min(here, _STEPS.get(request.GET.get("step", ""), here)))


@needs(Right.ADMINISTER)
@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """What follows from another time zone or country, as a part of the form; nothing is kept."""
    firm, given = _firm(request), request.GET
    for name in ("day_start", "day_end", "currency", "timezone"):
        setattr(firm, name, given.get(name, ""))
    firm.country = given.get("country", "") if is_country(given.get("country", "")) else ""
    firm.work_days = "".join(day for day in "1234567" if day in given.getlist("work_days"))
    by_zone = given.get("changed") == "timezone"
    country = country_of_zone(firm.timezone) if by_zone else firm.country
    moved = bool(country) and country != firm.country
    if moved or (country and not by_zone):
        firm.country = country
        for name, value in first_steps.follows(country).items():
            setattr(firm, name, value)
    context = {"form": PlaceForm(instance=firm), "holiday": _holiday(firm.country), "beside": moved}
    return render(request, "set_up/follows.html", context)


@needs(Right.ADMINISTER)
@require_safe
def whose(request: HttpRequest) -> HttpResponse:
    """Domains that the mail proposes, once it says enough; those that the page shows already are left out."""
    found = _whose(request, arriving(reader_of(request)))
    if found is None:
        return HttpResponse(status=204)  # it is asked again
    return render(request, "set_up/whose.html", {"whose": found, "shown": request.GET.getlist("shown")})


@needs(Right.ADMINISTER)
@require_safe
def filling(request: HttpRequest) -> HttpResponse:
    """How far it is, and the first rows of Today; asks again by itself while there is more."""
    found, only = arriving(reader_of(request)), request.GET.get("only") == "mail"
    context = {"arrival": _arrival(found), "poll": True} if only else _filling(request, found)
    context["was"] = _mark(context)
    if request.GET.get("was") == context["was"]:
        return HttpResponse(status=204)  # nothing is swapped, and the keyboard stays where it is
    return render(request, "set_up/arriving.html" if only else "set_up/filling.html", context)


# -- answers ----------------------------------------------------------------------------------------------------------


def _say_firm(request: HttpRequest) -> HttpResponse:
    firm = _firm(request)
    form, domains = PlaceForm(request.POST, instance=copy(firm)), DomainsForm(request.POST)
    form.stored = form.seen() or form.stored
    if form.is_valid() and domains.is_valid():
        try:
            first_steps.say_firm(
                {name: form.cleaned_data[name] for name in FIELDS}, seen=form.seen(), add=domains.add(),
                remove=domains.remove(), by=member_of(request), now=clock(), address=network_address(request),
            )  # fmt: skip
        except Meanwhile as meanwhile:
            for name, there in meanwhile.there.items():
                says = _("Somebody else has just said %(there)s. Save again to overrule it.")
                form.add_error(name, says % {"there": there})
            form.stored = first_steps.known(_firm(request))
        except AmendsError as error:
            domains.add_error(None, str(error))
        else:
            return _on()
    return _page(request, firm, Step.FIRM, status=422, form=form, domains=domains)


def _say_domains(request: HttpRequest) -> HttpResponse:
    domains = DomainsForm(request.POST)
    if domains.is_valid():
        try:
            anew = first_steps.say_domains(
                add=domains.add(), remove=domains.remove(), by=member_of(request), now=clock(),
                address=network_address(request),
            )  # fmt: skip
        except AmendsError as error:
            domains.add_error(None, str(error))
        else:
            if anew:
                messages.success(request, _("Noted. Your mail is being looked through again."))
            return _on()
    return _page(request, _firm(request), Step.MAIL, status=422, domains=domains)


def _bring(request: HttpRequest) -> HttpResponse:
    """An archive; the script that sends it wants to be told where to go on."""
    try:
        take_files(request)
    except AmendsError as error:
        if by_script(request):
            return JsonResponse({"problem": str(error)})
        return _page(request, _firm(request), Step.MAIL, status=422, problem=str(error))
    target = f"{reverse('set-up')}?step=mail"
    return JsonResponse({"url": target}) if by_script(request) else redirect(target)


def _connect(request: HttpRequest) -> HttpResponse:
    """A mailbox, tried before it is kept."""
    form = _mailbox_form(request)
    if form.is_valid():
        try:
            if kind := request.POST.get("permission"):
                return ask_for(request, kind, form.given())
            accounts.connect(form.given(), by=member_of(request), now=clock())
        except AmendsError as error:
            blame(form, error)
        else:
            return redirect(f"{reverse('set-up')}?step=mail")
    return _page(request, _firm(request), Step.MAIL, status=422, mailbox=form)


def _invite(request: HttpRequest) -> HttpResponse:
    """Invite whoever is named, and go on where no link has to be copied."""
    form, wanted = PeopleForm(request.POST), request.POST.get("then") != "on"
    if not form.is_valid():
        return _page(request, _firm(request), Step.PEOPLE, status=422, people=form)
    people, by, now, place = form.cleaned_data["addresses"], member_of(request), clock(), network_address(request)
    if not people and wanted:
        form.add_error("addresses", _("Write at least one address, or go on without."))
        return _page(request, _firm(request), Step.PEOPLE, status=422, people=form)
    made = invite_several(people, role=Role(form.cleaned_data["role"]), by=by, now=now, address=place)
    links = [{"to": one.to, "url": one.url} for one in made.invited if not one.mailed]
    if made.refused:
        form = PeopleForm({"addresses": "\n".join(made.refused), "role": form.cleaned_data["role"]})
        form.add_error("addresses", " ".join(made.refused.values()))
        return _page(request, _firm(request), Step.PEOPLE, status=422, people=form, links=links)
    if links:
        once.keep(request, _LINKS, links)
        return redirect(f"{reverse('set-up')}?step=people")
    first_steps.go_on(by=by, now=now, address=place)
    if made.invited:
        n = len(made.invited)
        messages.success(request, ngettext("An invitation is on its way.", "Invitations are on their way.", n))
    return _on()


def _leave(request: HttpRequest) -> HttpResponse:
    first_steps.leave(by=member_of(request), now=clock(), address=network_address(request))
    return redirect("today")


_DEEDS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "firm": _say_firm, "domains": _say_domains, "archive": _bring, "mailbox": _connect, "people": _invite,
    "leave": _leave,
}  # fmt: skip


# -- the page ---------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, firm: Firm, step: Step, *, status: int = 200, **given: Any) -> HttpResponse:
    found = arriving(reader_of(request))
    context = {
        "firm": firm,
        "step": step.name.lower(),
        "done": {name: at < step or at < first_steps.step_of(firm) for name, at in _STEPS.items()},
        "setting_up": firm.set_up_at is None,
        "holiday": _holiday(firm.country),
        "days": words.working_days(firm),
        "zone": firm.timezone.replace("_", " "),
        "own_listed": first_steps.own_domains_listed(),
        "arrival": _arrival(found),
        "nothing": found.nothing,
        "stuck": not found.done and not found.busy_imports and not found.boxes,
        "members": all_members(),
        "invitations": open_invitations(),
        **_PARTS[step](request, firm, found),
        **given,
    }
    if step == Step.FIRM:
        context |= {
            "holiday_here": _holiday(context["form"]["country"].value()),
            "seen": json.dumps(context["form"].stored),
        }
    if step in {Step.FIRM, Step.MAIL}:
        context["boxes"] = _boxes(context["own"], context["domains"], context.get("whose"))
        context["shown"] = [box["value"] for box in context["boxes"]]
    context["was"] = _mark(context)
    return render(request, "set_up/page.html", context, status=status)


def _firm_part(request: HttpRequest, firm: Firm, _found: Arriving) -> dict[str, Any]:
    member, shown = member_of(request), copy(firm)
    for name, value in first_steps.proposal(firm, by=member, country=_region(request)).items():
        setattr(shown, name, value)
    form = PlaceForm(instance=shown)
    form.stored = first_steps.known(firm)
    mine = first_steps.proposed_domain(member) if not firm.set_up_step else ""
    return {
        "form": form,
        "domains": DomainsForm(),
        "own": list(dict.fromkeys([*first_steps.own_domains_listed(), *([mine] if mine else [])])),
        "guess": firm.timezone == "UTC" and not firm.set_up_step,
    }


def _mail_part(request: HttpRequest, _firm: Firm, found: Arriving) -> dict[str, Any]:
    return {
        "domains": DomainsForm(),
        "own": first_steps.own_domains_listed(),
        "whose": _whose(request, found),
        "mailbox": _mailbox_form(request),
        "grantors": offered(),
        **limits(),
    }


def _people_part(request: HttpRequest, _firm: Firm, _found: Arriving) -> dict[str, Any]:
    return {"people": PeopleForm(), "links": once.take(request, _LINKS)}


def _filling_part(request: HttpRequest, _firm: Firm, found: Arriving) -> dict[str, Any]:
    return _filling(request, found)


_PARTS: dict[Step, Callable[[HttpRequest, Firm, Arriving], dict[str, Any]]] = {
    Step.FIRM: _firm_part, Step.MAIL: _mail_part, Step.PEOPLE: _people_part, Step.FILLING: _filling_part,
}  # fmt: skip


def _filling(request: HttpRequest, found: Arriving) -> dict[str, Any]:
    firm = member_of(request).firm
    answer, arrival = today(reader_of(request), firm, now=clock(), limit=ROWS), _arrival(found)
    over = not arrival.busy and bool(arrival.lines)
    return {
        "arrival": arrival, "nothing": found.nothing, "answer": answer, "as_of": answer.as_of,
        "more": answer.total - len(answer.rows), "doubt": _doubt(request) if over else "",
    }  # fmt: skip


def _doubt(request: HttpRequest) -> str:
    """What is on the mail instead, where no own domain is on most of it: somebody went on before it was asked."""
    found = whose_mail(reader_of(request))
    return found.others[0].value if found.others and found.covered < _HALF else ""


def _boxes(own: list[str], domains: DomainsForm, whose: Whose | None) -> list[dict[str, Any]]:
    """A box for each own domain, ticked as it was left, with how much of the mail it is on."""
    shares = {one.value: one.share for one in whose.own} if whose else {}
    ticked = set(listed(domains.data, "own")) if domains.is_bound else set(own)
    values = dict.fromkeys([*own, *(domains.shown() if domains.is_bound else [])])
    return [{"value": one, "ticked": one in ticked, "share": shares.get(one)} for one in values]


def _mark(context: dict[str, Any]) -> str:
    """A short mark of what a moving part shows, so that only what has changed is sent again."""
    answer = context.get("answer")
    rows = [(row.name, row.strongest.signal, row.owner) for row in answer.rows] if answer else []
    return hashlib.sha256(repr((context["arrival"], rows)).encode()).hexdigest()[:16]


def _arrival(found: Arriving) -> words.Arrival:
    return words.arrival(found, now=clock(), zone=timezone.get_current_timezone())


def _whose(request: HttpRequest, found: Arriving) -> Whose | None:
    """What the mail says of the firm's own domains; None while too little of it is here."""
    said = whose_mail(reader_of(request))
    early = any(one.coming for one in found.imports) or any(line.busy for line in _arrival(found).lines)
    return said if said.seen >= (_ENOUGH if early else 1) else None


def _mailbox_form(request: HttpRequest) -> AddForm:
    member = member_of(request)
    given = request.POST if request.POST.get("do") == "mailbox" else None
    return AddForm(given, member=member, today=timezone.localdate(), initial={"address": member.email})


def _holiday(country: str | None) -> str:
    return words.holiday(country or "", today=timezone.localdate())


def _region(request: HttpRequest) -> str:
    """The country of the browser's language ("de-AT" is Austria); "" where it names none."""
    found = _REGION.match(request.headers.get("Accept-Language", "").strip())
    code = found[1].upper() if found else ""
    return code if is_country(code) else ""


def _firm(request: HttpRequest) -> Firm:
    """A row of its own, so that a form that is refused changes nothing that the page shows of the firm."""
    return Firm.objects.get(pk=member_of(request).firm_id)


def _on() -> HttpResponse:
    return redirect(f"{reverse('set-up')}#now")
