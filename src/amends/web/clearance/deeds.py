"""The deeds of one publication's page: each says what was done, the query that undoes it, and where on the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from amends.boundaries.models import CheckState, ClearanceCheck, PublicationState
from amends.boundaries.refused import Refused
from amends.firm.models import Member
from amends.flows.boundaries import clearance as flow
from amends.web.clearance.forms import PublicationForm
from amends.web.http import clock, member_of, reader_of
from amends.web.recovery.doing import day_of, number, one_id


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed did."""

    said: str
    undo: str = ""
    at: str = ""


Deed = Callable[[HttpRequest, uuid.UUID, QueryDict], Done]


def _change(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    form = PublicationForm(given)
    if not form.is_valid():
        raise Refused(" ".join(str(one) for errors in form.errors.values() for one in errors))
    version = number(given.get("version", ""))
    flow.change(key, form.cleaned_data, version=version, by=member_of(request), now=clock())
    return Done(_("Saved."))


def _paste(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    flow.paste(key, given.get("text", ""))
    return Done(_("It was looked through."), at="words")


def _settle(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    check = _named(request, given, "check")
    state = given.get("state") or request.GET.get("state", "")
    version = number(given.get("version") or request.GET.get("version", ""))
    before = ClearanceCheck.objects.filter(public_id=check).values_list("state", flat=True).first()
    made = flow.settle(
        key, check, state, reason=given.get("reason", ""), version=version, by=member_of(request), now=clock()
    )  # fmt: skip
    again = before == CheckState.OPEN and state != CheckState.OPEN
    undo = f"settle&check={check}&state=open&version={made.version}" if again else ""
    if made.publication.state == PublicationState.CLEARED:
        return Done(_("That was the last one: it is cleared."), undo)
    said = {
        CheckState.CLEAR: _("Clear."), CheckState.NOT_NEEDED: _("Not needed, with your reason."),
        CheckState.STOPPED: _("Stopped."), CheckState.OPEN: _("Open again."),
    }  # fmt: skip
    return Done(said[CheckState(state)], undo, f"c-{check}")


def _assign(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    check, owner = _named(request, given, "check"), one_id(given.get("owner", ""))
    whose = Member.objects.get(public_id=owner) if owner else None
    flow.assign(
        key, check, owner=whose, by_when=day_of(given.get("by_when", "")), version=number(given.get("version", "")),
        now=clock(),
    )  # fmt: skip
    return Done(_("Saved."), at=f"c-{check}")


def _add(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    made = flow.add_check(key, given.get("name", ""), why=given.get("why", ""), by=member_of(request), now=clock())
    return Done(_("Added."), at=f"c-{made.public_id}")


def _rest(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    check, message = _named(request, given, "check"), one_id(given.get("message", ""))
    made = flow.rest_on(
        reader_of(request), key, check, kind="message" if message else given.get("kind", ""), message=message,
        words=given.get("words", ""), by=member_of(request), now=clock(),
    )  # fmt: skip
    return Done(_("Kept."), f"take_away&evidence={made.public_id}", f"c-{check}")


def _take_away(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    evidence = _named(request, given, "evidence")
    made = flow.take_away(key, evidence, by=member_of(request), now=clock())
    return Done(_("Taken away."), f"put_back&evidence={evidence}", f"c-{made.check_of.public_id}")


def _put_back(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    made = flow.put_back(key, _named(request, given, "evidence"))
    return Done(_("As it was before."), at=f"c-{made.check_of.public_id}")


def _publish(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    made = flow.publish(key, version=number(given.get("version", "")), by=member_of(request), now=clock())
    said = _("Published before it was cleared: that is written down.") if made.open_then else _("Published.")
    return Done(said, f"take_back&version={made.version}")


def _drop(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    made = flow.drop(key, version=number(given.get("version", "")), by=member_of(request), now=clock())
    return Done(_("It does not go public."), f"take_back&version={made.version}")


def _take_back(request: HttpRequest, key: uuid.UUID, given: QueryDict) -> Done:
    version = number(given.get("version") or request.GET.get("version", ""))
    flow.take_back(key, version=version, by=member_of(request), now=clock())
    return Done(_("As it was before."))


def _named(request: HttpRequest, given: QueryDict, name: str) -> uuid.UUID:
    """The id that a form, or the address of an undo, names."""
    found = one_id(given.get(name) or request.GET.get(name, ""))
    if found is None:
        raise Http404
    return found


DEEDS: dict[str, Deed] = {
    "change": _change, "paste": _paste, "settle": _settle, "assign": _assign, "add": _add, "rest": _rest,
    "take_away": _take_away, "put_back": _put_back, "publish": _publish, "drop": _drop, "take_back": _take_back,
}  # fmt: skip
