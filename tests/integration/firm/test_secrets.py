"""Sealed passwords open for the installation, firm and purpose that sealed them, and for nobody else."""

from __future__ import annotations

import pytest
from tests.conftest import NOW

from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.firm.secrets import CannotUnseal, seal, unseal
from amends.flows.set_up import found_firm


def test_a_sealed_password_opens_again_and_does_not_show(firm: Firm) -> None:
    sealed = seal("hunter2 äöü", purpose="mailbox")
    assert "hunter2" not in sealed
    assert unseal(sealed, purpose="mailbox") == "hunter2 äöü"
    assert seal("hunter2 äöü", purpose="mailbox") != sealed


def test_another_purpose_firm_or_key_does_not_open_it(firm: Firm, settings: object) -> None:
    sealed = seal("hunter2", purpose="mailbox")
    with pytest.raises(CannotUnseal):
        unseal(sealed, purpose="token")
    with firm_scope(found_firm(["rival.example"], now=NOW, name="Rivals")), pytest.raises(CannotUnseal):
        unseal(sealed, purpose="mailbox")
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(CannotUnseal, match="enter the password anew"):
        unseal(sealed, purpose="mailbox")


@pytest.mark.parametrize("broken", ["", "nothing", "gAAAAA", "ü"])
def test_what_was_never_sealed_does_not_open(firm: Firm, broken: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(broken, purpose="mailbox")
