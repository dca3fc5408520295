"""HubSpot's three exports, told by their headers: companies, contacts, deals.

Records are tied together by ids: a deal names its companies and contacts as "9002;9999". A spreadsheet that opened the
file in between may have turned such ids into 1.2E+11; those are set aside rather than tied to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amends.clients.addressbooks.entries import (
    BadEntry,
    Company,
    Deal,
    Entry,
    Person,
    domain_in,
    emails_in,
    flat,
    named,
)
from amends.clients.timesheets.amounts import read_money
from amends.clients.timesheets.formats import currency_code, folded
from amends.clients.timesheets.rows import BadCell, Decimals

_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "deals": {
        "record": ("record id", "deal id", "hs object id"), "name": ("deal name", "dealname"),
        "stage": ("deal stage", "dealstage"), "amount": ("amount",),
        "currency": ("currency", "deal currency code", "deal currency"),
        "companies": ("associated company ids", "associated company id"),
        "company_names": ("associated company", "associated companies"),
        "contacts": ("associated contact ids", "associated contact id"),
    },
    "contacts": {
        "record": ("record id", "contact id", "hs object id"), "first": ("first name", "firstname"),
        "last": ("last name", "lastname"), "email": ("email",), "more_email": ("additional email addresses",),
        "phone": ("phone number", "phone"), "mobile": ("mobile phone number", "mobile phone"),
        "title": ("job title", "jobtitle"), "company": ("associated company", "company name", "company"),
        "companies": ("associated company ids", "associated company id"),
    },
    "companies": {
        "record": ("record id", "company id", "hs object id"), "name": ("company name", "name"),
        "website": ("website url", "website"), "domain": ("company domain name", "domain"),
        "stage": ("lifecycle stage", "lifecyclestage"),
    },
}  # fmt: skip
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "deals": (("record",), ("name",), ("stage",)),
    "contacts": (("record",), ("first", "last"), ("email",)),
    "companies": (("record",), ("name",)),
}
_BROKEN_ID = re.compile(r"\d+[.,]?\d*e\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HubSpot:
    """Which of the three it is, and where each column stands."""

    kind: str
    places: Mapping[str, int]


def hubspot_of(headers: Sequence[str]) -> HubSpot | None:
    """HubSpot's export with these headers; None where it is none."""
    names = [folded(header) for header in headers]
    for kind, columns in _COLUMNS.items():
        places = {
            column: names.index(found)
            for column, words in columns.items()
            if (found := next((word for word in words if word in names), None)) is not None
        }
        if all(any(column in places for column in group) for group in _NEEDED[kind]):
            return HubSpot(kind, places)
    return None


def entry_of(line: int, cells: Sequence[str], layout: HubSpot, *, sign: Decimals | None) -> Entry:
    """One row. Raises `BadEntry`."""

    def said(column: str) -> str:
        place = layout.places.get(column)
        return cells[place] if place is not None and place < len(cells) else ""

    make: dict[str, Callable[[], Entry]] = {
        "companies": lambda: Entry(line, company=_company(said)),
        "contacts": lambda: Entry(line, person=_person(said)),
        "deals": lambda: Entry(line, deal=_deal(said, sign)),
    }
    return make[layout.kind]()


def _company(said: Callable[[str], str]) -> Company:
    stage = folded(said("stage"))
    return Company(
        name=named(said("name")),
        record=_one_id(said("record")),
        domain=domain_in(said("domain")) or domain_in(said("website")),
        customer=stage in {"customer", "evangelist", "kunde", "client", "cliente"} if stage else None,
    )


def _person(said: Callable[[str], str]) -> Person:
    return Person(
        name=named(f"{said('first')} {said('last')}"),
        record=_one_id(said("record")),
        emails=emails_in(f"{said('email')} {said('more_email')}"),
        phone=flat(said("phone") or said("mobile"))[:100],
        title=named(said("title")),
        company=named(said("company").partition(";")[0]),
        company_records=_ids(said("companies")),
    )


def _deal(said: Callable[[str], str], sign: Decimals | None) -> Deal:
    try:
        amount = read_money(said("amount"), sign, column="Amount")
    except BadCell as problem:
        raise BadEntry(str(problem)) from problem
    if not said("name").strip():
        message = "the deal has no name"
        raise BadEntry(message)
    return Deal(
        name=named(said("name")),
        stage=flat(said("stage"))[:100],
        record=_one_id(said("record")),
        amount=amount,
        currency=currency_code(said("currency")),
        companies=_ids(said("companies")),
        company_names=tuple(name for part in said("company_names").split(";") if (name := named(part))),
        contacts=_ids(said("contacts")),
    )


def _one_id(text: str) -> str:
    found = _ids(text)
    return found[0] if found else ""


def _ids(text: str) -> tuple[str, ...]:
    """The ids of "9002;9999". Raises `BadEntry` for those that a spreadsheet spoiled."""
    found = tuple(dict.fromkeys(one[:100] for one in re.split(r"[;,\s]+", text) if one))
    if any(_BROKEN_ID.fullmatch(one) for one in found) or (_BROKEN_ID.fullmatch(text.strip())):
        message = (
            f"a spreadsheet has changed its record id ({flat(text)[:60]}): export it anew and don't open it before"
        )
        raise BadEntry(message)
    return found
