"""An account of the firm, and letters that leave."""

from __future__ import annotations

import pytest
from tests.conftest import NOW

from amends.firm.models import Firm
from amends.outbox.models import Security, SmtpAccount


@pytest.fixture
def account(firm: Firm) -> SmtpAccount:
    """The firm's account, at a server that is not there."""
    return SmtpAccount.objects.create(
        host="127.0.0.1", port=1, security=Security.PLAIN, from_address="hello@studio.example", changed_at=NOW
    )
