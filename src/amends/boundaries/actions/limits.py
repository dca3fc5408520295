"""Writes of services, suppliers and the scope of engagements; words carry a version, each deed stands in the log."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from amends.boundaries import texts
from amends.boundaries.models import DoneBy, HowWell, Service, Supplier, WorkScope
from amends.boundaries.refused import Refused, Stale
from amends.clients.models import Engagement
from amends.firm.audit import note
from amends.firm.models import Member


@dataclass(frozen=True, slots=True)
class SupplierTyped:
    """A supplier as it was typed."""

    name: str
    contact: str = ""
    email: str = ""
    phone: str = ""
    does: str = ""
    experience: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class ServiceTyped:
    """A service as it was typed; `suppliers` are public ids of those who do it instead."""

    name: str
    how: str
    sentence: str = ""
    suppliers: Collection[uuid.UUID] = ()


def add_supplier(typed: SupplierTyped, *, by: Member | None, now: datetime) -> Supplier:
    """Put a supplier into the directory. Raises `Refused`."""
    values = _supplier(typed)
    with transaction.atomic():
        if Supplier.objects.filter(name__iexact=values["name"]).exists():
            raise Refused(f"“{values['name']}” stands in the directory already: change it there.")
        made = Supplier.objects.create(**values, by=by, at=now)
        _note("supplier.added", made, by=by, now=now)
    return made


def change_supplier(
    supplier: Supplier, typed: SupplierTyped, *, version: int | None, by: Member | None, now: datetime
) -> None:
    """Say anew what is known of a supplier; `version` None changes whatever it is now. Raises `Refused`, `Stale`."""
    values = _supplier(typed)
    with transaction.atomic():
        if Supplier.objects.filter(name__iexact=values["name"]).exclude(pk=supplier.pk).exists():
            raise Refused(f"“{values['name']}” stands in the directory already: change it there.")
        seen = supplier.version if version is None else version
        changed = Supplier.objects.filter(pk=supplier.pk, version=seen).update(
            **values, by=by, at=now, version=seen + 1
        )
        if not changed:
            raise Stale
        _note("supplier.changed", supplier, by=by, now=now)
    supplier.refresh_from_db()


def add_service(typed: ServiceTyped, *, by: Member | None, now: datetime) -> Service:
    """Say of a kind of work whether we do it. Raises `Refused`."""
    values = _service(typed)
    with transaction.atomic():
        made, new = Service.objects.get_or_create(name=values["name"], defaults={**values, "by": by, "at": now})
        if not new:
            raise Refused(f"“{made.name}” is said already: change it there.")
        _done_by(made, typed.suppliers)
        _note_service("added", made, by=by, now=now)
    return made


def change_service(
    service: Service, typed: ServiceTyped, *, version: int | None, by: Member | None, now: datetime
) -> None:
    """Say it anew. Raises `Refused`, `Stale`."""
    values, seen = _service(typed), service.version if version is None else version
    try:
        with transaction.atomic():
            rows = Service.objects.filter(pk=service.pk, version=seen)
            if not rows.update(**values, by=by, at=now, version=seen + 1):
                raise Stale
            _done_by(service, typed.suppliers)
            service.refresh_from_db()
            _note_service("changed", service, by=by, now=now)
    except IntegrityError:
        raise Refused(f"“{values['name']}” is said already: change it there.") from None


def remove_service(service: Service, *, by: Member | None, now: datetime) -> bool:
    """Say nothing of it any more; False where it was gone already."""
    with transaction.atomic():
        gone = bool(Service.objects.filter(pk=service.pk).delete()[0])
        if gone:
            _note_service("removed", service, by=by, now=now)
    return gone


def say_scope(
    engagement: Engagement, *, inside: str, outside: str, version: int | None, by: Member | None, now: datetime
) -> WorkScope:
    """Say what an engagement includes and what not; `version` 0: nothing was said before. Raises `Refused`, `Stale`."""
    values = {
        "inside": texts.text(inside, most=5000, what="What is included"),
        "outside": texts.text(outside, most=5000, what="What is not included"),
    }
    if not any(values.values()):
        raise Refused("Say what is included, or what is not: a line is enough.")
    with transaction.atomic():
        row, new = WorkScope.objects.get_or_create(engagement=engagement, defaults={**values, "by": by, "at": now})
        seen = row.version if version is None else version
        if new and seen:
            seen = row.version
        elif not new:
            changed = WorkScope.objects.filter(pk=row.pk, version=seen)
            if not changed.update(**values, by=by, at=now, version=seen + 1):
                raise Stale
        note("engagement.scope_said", member=by, about=f"engagement {engagement.public_id}", now=now)
    row.refresh_from_db()
    return row


def _supplier(typed: SupplierTyped) -> dict[str, str | bool]:
    return {
        "name": texts.line(typed.name, most=200, what="The name", needed="Give the supplier a name."),
        "contact": texts.line(typed.contact, most=200, what="The name of the person"),
        "email": texts.email(typed.email),
        "phone": texts.line(typed.phone, most=100, what="The phone number"),
        "does": texts.line(typed.does, most=500, what="What they do"),
        "experience": texts.text(typed.experience, most=5000, what="The experience with them"),
        "active": typed.active,
    }


def _service(typed: ServiceTyped) -> dict[str, str]:
    if typed.how not in HowWell.values:
        raise Refused("Say whether we do it well, sometimes, or not.")
    return {
        "name": texts.line(typed.name, most=120, what="The name", needed="Say which kind of work it is."),
        "how": typed.how,
        "sentence": texts.line(typed.sentence, most=500, what="The sentence"),
    }


def _done_by(service: Service, suppliers: Collection[uuid.UUID]) -> None:
    chosen = list(Supplier.objects.filter(public_id__in=list(suppliers)[:50]))
    if len(chosen) != len(set(suppliers)):
        raise Refused("One of these suppliers is not in the directory any more: choose again.")
    DoneBy.objects.filter(service=service).exclude(supplier__in=chosen).delete()
    there = set(DoneBy.objects.filter(service=service).values_list("supplier_id", flat=True))
    DoneBy.objects.bulk_create(DoneBy(service=service, supplier=one) for one in chosen if one.pk not in there)


def _note(did: str, supplier: Supplier, *, by: Member | None, now: datetime) -> None:
    """For the audit log: the name, and not the experience, which is a remark about somebody."""
    note(did, member=by, about=f"supplier {supplier.public_id}", detail={"name": supplier.name}, now=now)


def _note_service(did: str, service: Service, *, by: Member | None, now: datetime) -> None:
    detail = {"name": service.name, "how": service.how}
    note(f"service.{did}", member=by, about=f"service {service.public_id}", detail=detail, now=now)
