"""One more firm, where the database can keep it apart."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.conftest import NOW

from amends.firm.models import Firm, OwnDomain
from amends.firm.scope import firm_scope
from amends.firm.sign_in import peek_link
from amends.flows import set_up
from amends.flows.set_up import CannotAddFirm, add_firm

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="a home on SQLite holds one firm")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL holds several")
def test_a_home_on_sqlite_holds_one(firm: Firm) -> None:
    with pytest.raises(CannotAddFirm, match="PostgreSQL"):
        add_firm("Moss", ["moss.example"], now=NOW)


@on_postgresql
def test_a_further_firm_is_apart_and_has_a_link(firm: Firm) -> None:
    link = peek_link(add_firm("Moss", ["moss.example"], now=NOW), now=NOW)
    assert (link.firm.name, link.member) == ("Moss", None)
    assert [each.value for each in OwnDomain.objects.all()] == ["studio.example"]
    with firm_scope(link.firm):
        assert [each.value for each in OwnDomain.objects.all()] == ["moss.example"]


@on_postgresql
def test_a_name_is_one_firm_s(firm: Firm) -> None:
    for name in ("studio", " Studio ", " "):
        with pytest.raises(CannotAddFirm, match="choose one"):
            add_firm(name, [], now=NOW)


@on_postgresql
def test_a_superuser_gets_no_second_firm(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "obeys", lambda: False)
    with pytest.raises(CannotAddFirm, match="role of its own"):
        add_firm("Moss", [], now=NOW)
    assert Firm.objects.count() == 1
