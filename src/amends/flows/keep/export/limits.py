"""What an export holds of what the firm does and doesn't, suppliers, requests for more, and partings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from amends.boundaries.models import (
    DoneBy,
    HandoverItem,
    Parting,
    ReferralOut,
    ScopeAnswer,
    Service,
    Supplier,
    WorkScope,
)
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id

_SUPPLIER = ("name", "contact", "email", "phone", "does", "experience", "active", "at", "version")
_ANSWER = ("kind", "message", "words", "minutes", "cost", "price", "currency", "draft", "at", "undone_at")
_REFERRAL = ("what", "supplier_draft", "helped", "helped_words", "helped_at", "at", "undone_at")
_PARTING = (
    "whose", "state", "reasons", "shown", "why_they_left", "until", "invoice", "invoiced_on", "draft", "asked",
    "opened_at", "decided_at", "ended_at", "version",
)  # fmt: skip
_ITEM = ("kind", "what", "due_on", "promise", "done_at", "at")


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _points(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _id(getattr(row, name)) for name in names}


def _services() -> Iterator[dict[str, Any]]:
    done = Prefetch("done_by", DoneBy.objects.select_related("supplier").order_by("pk"))
    for row in by_key(Service.objects.select_related("by").prefetch_related(done)):
        yield {
            "id": _id(row), **_plain(row, ("name", "how", "sentence", "at", "version")), "by": _id(row.by),
            "suppliers": [_id(one.supplier) for one in row.done_by.all()],
        }  # fmt: skip


def _suppliers() -> Iterator[dict[str, Any]]:
    for row in by_key(Supplier.objects.select_related("by")):
        yield {"id": _id(row), **_plain(row, _SUPPLIER), "by": _id(row.by)}


def _scopes() -> Iterator[dict[str, Any]]:
    for row in by_key(WorkScope.objects.select_related("engagement", "by")):
        yield {**_points(row, ("engagement", "by")), **_plain(row, ("inside", "outside", "at", "version"))}


def _answers() -> Iterator[dict[str, Any]]:
    points = ("client", "engagement", "by")
    for row in by_key(ScopeAnswer.objects.select_related(*points)):
        yield {"id": _id(row), **_points(row, points), **_plain(row, _ANSWER)}


def _referrals() -> Iterator[dict[str, Any]]:
    points = ("client", "supplier", "answer", "helped_by", "by")
    for row in by_key(ReferralOut.objects.select_related(*points)):
        yield {"id": _id(row), **_points(row, points), **_plain(row, _REFERRAL)}


def _partings() -> Iterator[dict[str, Any]]:
    points = ("client", "opened_by", "decided_by")
    items = Prefetch("items", HandoverItem.objects.select_related("by", "done_by").order_by("at", "pk"))
    for row in by_key(Parting.objects.select_related(*points).prefetch_related(items)):
        yield {
            "id": _id(row), **_points(row, points), **_plain(row, _PARTING),
            "handover": [
                {"id": _id(one), **_points(one, ("by", "done_by")), **_plain(one, _ITEM)} for one in row.items.all()
            ],
        }  # fmt: skip


LIMITS = (
    Table("partings", "how relationships were ended, and what was handed over", _partings),
    Table("referrals_out", "clients sent to suppliers, and whether it helped", _referrals,
          ("id", "client", "supplier", "answer", "helped_by", "by", *_REFERRAL)),
    Table("scope_answers", "how requests for more than agreed were answered; money in the smallest unit", _answers,
          ("id", "client", "engagement", "by", *_ANSWER)),
    Table("scopes", "what engagements include and what not", _scopes,
          ("engagement", "by", "inside", "outside", "at", "version")),
    Table("services", "what the firm does and doesn't, and who does it instead", _services),
    Table("suppliers", "the directory of suppliers", _suppliers, ("id", *_SUPPLIER, "by")),
)  # fmt: skip
LIMITED = {DoneBy, HandoverItem, Parting, ReferralOut, ScopeAnswer, Service, Supplier, WorkScope}
"""Models whose rows are in some of these files."""
