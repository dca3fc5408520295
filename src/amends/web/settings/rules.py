"""The check's rules: what each looks for, how much it weighs here, and what the firm adds to them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.firm.rules import Right
from amends.flows import guard
from amends.flows.guard.choosing import heeded
from amends.insights.rule_report import RuleUse, report
from amends.judgement.guard import FAMILIES, Example, GuardRule, rules
from amends.outbox.models import AvoidedWords, Choice, RuleChoice, RuleExample
from amends.web import once
from amends.web.check.words import FAMILY_NAMES, GROUPS, LOOKS, Look
from amends.web.guard import needs
from amends.web.http import clock, is_htmx, member_of, toast

_REMOVED = "removed_from_check"
_OFF = Look(gettext_lazy("Off"), "circle-off", "off")


@dataclass(frozen=True, slots=True)
class Taught:
    """A sentence of the firm's own, and whether the check does as it says."""

    row: RuleExample
    heeded: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as it stands here. `choice` is the firm's own, "" as Amends has it."""

    rule: GuardRule
    choice: str
    now: Look
    usual: Promise
    with_family: bool
    examples: list[Taught]
    use: RuleUse
    proposed: Promise | None

    @property
    def right_in_100(self) -> int:
        """Precision in use, of 100 findings that somebody decided on."""
        return round(100 * (self.use.precision or 0))

    @property
    def between(self) -> tuple[int, int]:
        """Its interval, as well of 100."""
        return round(100 * (self.use.low or 0)), round(100 * (self.use.high or 0))


@dataclass(frozen=True, slots=True)
class FamilyRows:
    """The rules of one family, and what the firm chose for the whole of it."""

    family: str
    name: Promise
    choice: str
    rows: list[Row]


@never_cache
@needs(Right.ACT)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every rule by family, words to avoid, and sentences that teach."""
    return _page(request)


@needs(Right.DECIDE)
@require_POST
def weigh(request: HttpRequest) -> HttpResponse:
    """Weigh a rule, or a whole family, otherwise."""
    name, choice = request.POST.get("name", ""), request.POST.get("choice", "")
    try:
        guard.choose(name, choice, by=member_of(request), now=clock())
    except AmendsError as error:
        return _refused(request, error)
    if not is_htmx(request):
        messages.success(request, _("Saved. It counts from the next word that somebody writes."))
        return redirect(f"{reverse('check-rules')}#{'family' if name in FAMILIES else 'rule'}-{name}")
    said = toast(request, _("Saved. It counts from the next word that somebody writes."))
    families = [each for _name, _title, group in _groups() for each in group]
    if name in FAMILIES:
        found = next(each for each in families if each.family == name)
        context = {"family": found, **_choices()}
        return HttpResponse(render_to_string("settings/check_family.html", context, request) + said)
    row = next(row for each in families for row in each.rows if row.rule.id == name)
    return HttpResponse(render_to_string("settings/check_now.html", {"row": row}, request) + said)


@needs(Right.DECIDE)
@require_POST
def avoid(request: HttpRequest) -> HttpResponse:
    """Add words that the firm keeps out of its mail, or bring back what was just removed."""
    given = {name: request.POST.get(name, "")[:500] for name in ("words", "instead", "choice")}
    try:
        row = guard.avoid(**given, by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, words={**given, "problem": str(error)}, status=422)
    return _done(request, _("“%(words)s” is on the list.") % {"words": row.words}, "words")


@needs(Right.DECIDE)
@require_POST
def avoid_no_more(request: HttpRequest, words_id: uuid.UUID) -> HttpResponse:
    """Take words off the list; the next page offers to bring them back."""
    row = AvoidedWords.objects.filter(public_id=words_id).first()
    if row is None:
        raise Http404
    guard.stop_avoiding(words_id, by=member_of(request), now=clock())
    kept = {"words": row.words, "instead": row.instead, "choice": row.choice}
    once.keep(request, _REMOVED, {"what": row.words, "where": "check-avoid", "fields": kept})
    return redirect(f"{reverse('check-rules')}#words")


@needs(Right.DECIDE)
@require_POST
def teach(request: HttpRequest) -> HttpResponse:
    """Keep a sentence on which a rule must fire, or must not."""
    rule, text, fires = (request.POST.get(name, "")[:600] for name in ("rule", "text", "fires"))
    try:
        row = guard.teach(rule, text, fires=fires == "yes", by=member_of(request), now=clock())
    except AmendsError as error:
        return _page(request, sentence={"rule": rule, "text": text, "fires": fires, "problem": str(error)}, status=422)
    said = _("Kept, and heeded.") if heeded(_example(row)) else _("Kept. The check does not do so yet; see beside it.")
    return _done(request, said, f"rule-{row.rule}")


@needs(Right.DECIDE)
@require_POST
def forget(request: HttpRequest, example_id: uuid.UUID) -> HttpResponse:
    """Take a sentence away; the next page offers to bring it back."""
    row = RuleExample.objects.filter(public_id=example_id).first()
    if row is None:
        raise Http404
    guard.forget_example(example_id, by=member_of(request), now=clock())
    kept = {"rule": row.rule, "text": row.text, "fires": "yes" if row.fires else "no"}
    once.keep(request, _REMOVED, {"what": row.text, "where": "check-teach", "fields": kept})
    return redirect(f"{reverse('check-rules')}#rule-{row.rule}")


def _done(request: HttpRequest, said: str, place: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse('check-rules')}#{place}")


def _refused(request: HttpRequest, error: AmendsError) -> HttpResponse:
    if is_htmx(request):
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    messages.error(request, str(error))
    return redirect("check-rules")


def _page(
    request: HttpRequest, *, words: dict[str, str] | None = None, sentence: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    groups = _groups()
    rows = [row for _name, _title, families in groups for family in families for row in family.rows]
    context = {
        "groups": groups,
        "proposed": [row for row in rows if row.proposed],
        "decided": sum(row.use.decided for row in rows),
        "avoided": list(AvoidedWords.objects.select_related("by").order_by("words")),
        "looks": LOOKS,
        "words": words or {},
        "sentence": sentence or {},
        "removed": once.take(request, _REMOVED),
        **_choices(),
    }
    return render(request, "settings/check.html", context, status=status)


def _choices() -> dict[str, Any]:
    return {"choices": Choice.choices, "weights": [each for each in Choice.choices if each[0] != Choice.OFF]}


def _groups() -> list[tuple[str, Promise, list[FamilyRows]]]:
    """The rules of every family, group by group."""
    chosen = dict(RuleChoice.objects.values_list("name", "choice"))
    taught: dict[str, list[RuleExample]] = defaultdict(list)
    for row in RuleExample.objects.select_related("by").order_by("pk"):
        taught[row.rule].append(row)
    by_family: dict[str, list[GuardRule]] = defaultdict(list)
    for rule in rules().values():
        by_family[rule.family].append(rule)
    row_of = _row_with(chosen, taught, {each.rule: each for each in report()})
    found = []
    for name, title, families in GROUPS:
        parts = []
        for family in families:
            rows = [row_of(each) for each in by_family[family]]
            parts.append(FamilyRows(family, FAMILY_NAMES[family], chosen.get(family, ""), rows))
        found.append((name, title, parts))
    return found


def _row_with(
    chosen: dict[str, str], taught: dict[str, list[RuleExample]], used: dict[str, RuleUse]
) -> Callable[[GuardRule], Row]:
    def row_of(rule: GuardRule) -> Row:
        own, whole = chosen.get(rule.id, ""), chosen.get(rule.family, "")
        with_family = whole == Choice.OFF or (not own and bool(whole))
        weight = Choice.OFF if Choice.OFF in {own, whole} else own or whole or rule.severity
        examples = [Taught(each, heeded(_example(each))) for each in taught[rule.id]]
        usual, use = LOOKS[rule.severity].word, used[rule.id]
        proposed = LOOKS.get(use.proposal, _OFF).word if use.proposal and weight != Choice.OFF else None
        return Row(rule, own, LOOKS.get(weight, _OFF), usual, with_family, examples, use, proposed)

    return row_of


def _example(row: RuleExample) -> Example:
    return Example(row.rule, row.text, row.fires)
