"""The tabs over clients and their engagements."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.insights.engagements import open_engagements

GROUPS: dict[str, Promise | str] = {
    "clients": gettext_lazy("Clients"),
    "unsure": gettext_lazy("Not sure yet"),
    "vendors": gettext_lazy("Vendors and services"),
    "others": gettext_lazy("Not clients"),
}


def tabs(
    counts: Mapping[str, int], *, chosen: str, engagements: int | None = None, query: str = ""
) -> list[tuple[str, int | None, str, bool]]:
    """Each tab: what it is called, how many it holds, its address, whether it is this one."""
    clients = reverse("clients")
    found: list[tuple[str, int | None, str, bool]] = [
        (str(label), counts[name], f"{clients}?group={name}{query}", name == chosen) for name, label in GROUPS.items()
    ]
    number = open_engagements() if engagements is None else engagements
    return [
        *found,
        (_("Engagements"), number, reverse("engagements"), chosen == "engagements"),
        (_("Portfolio"), None, reverse("portfolio"), chosen == "portfolio"),
    ]
