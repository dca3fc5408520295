"""The first page of somebody new: what they may do here and give alone, and how to begin."""

from __future__ import annotations

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.flows.recovery.drilling import drills
from amends.insights.recovery.giving import ledger
from amends.insights.recovery.practice import own_results
from amends.recovery.queries import playbooks
from amends.web.guard import has
from amends.web.http import clock, member_of


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Role and scope, authority, budget, playbooks, drills."""
    member = member_of(request)
    acts = has(request, Right.ACT)
    books = playbooks()
    played = {one.scenario for one in own_results(member)} if acts else set()
    context = {
        "member": member,
        "scope": _scope(member),
        "ledger": ledger(member, now=clock()) if acts else None,
        "trades": [(trade, list(ones)) for trade, ones in groupby(books, key=lambda book: book.trade)],
        "drills": [(one, one.slug in played) for one in drills()[0]] if acts else [],
    }
    return render(request, "you/welcome.html", context)


def _scope(member: Member) -> list[tuple[bool, str]]:
    """What this role may do, and what it asks others for, told from the table that decides it."""
    told = {
        Right.READ_MAIL: (
            _("You read the firm’s mail with clients, as far as whoever owns a mailbox shares it."),
            _("You read no mail: you see clients, stages, owners and ages."),
        ),
        Right.ACT: (
            _("You own what a client says is wrong, answer, give and promise. You need not ask first."),
            _("You look on: answering and giving is with the team."),
        ),
        Right.SEE_MONEY: (_("You see what work is worth and what it costs."), ""),
        Right.CURATE: (
            _("You keep clients and engagements in order, and write playbooks."),
            _("An account manager changes clients, engagements and playbooks."),
        ),
        Right.DECIDE: (
            _("You decide what others ask approval for. What you approve, your budget pays."),
            _("A partner approves what is more than you may give alone. Asking is no weakness: it is one click."),
        ),
        Right.ADMINISTER: (
            _("You look after members, mailboxes and settings."),
            _("An administrator looks after members and mailboxes."),
        ),
    }
    found = [(may(member.role, right), *words) for right, words in told.items()]
    return [(has_it, yes if has_it else no) for has_it, yes, no in found if has_it or no]
