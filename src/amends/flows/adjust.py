"""Changing the firm's own settings."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from amends.firm.models import Firm, OwnDomain
from amends.flows.set_up import add_own_domains


def change_firm(firm: Firm, *, domains: Sequence[str]) -> None:
    """Save a firm's changed settings, and make `domains` its own ones.

    Mail that is already stored keeps its place; the next import goes by the new domains.
    """
    with transaction.atomic():
        firm.save()
        before = set(OwnDomain.objects.values_list("pk", flat=True))
        add_own_domains(domains)
        kept = {value.strip().lower().lstrip("@") for value in domains}
        OwnDomain.objects.filter(pk__in=before).exclude(value__in=kept).delete()
