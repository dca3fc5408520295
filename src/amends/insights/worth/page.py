"""The page *What it means in money*: one client's worth to its last part, and whether such forecasts were right."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from amends.capital.queries import balances
from amends.clients.models import Client
from amends.firm.models import Firm
from amends.insights.worth.outcomes import outcomes
from amends.insights.worth.worth import Worth, worth_of
from amends.judgement.renewal import Group, brier, fitted, forecasts, reliability
from amends.recovery.models import Recovery


@dataclass(frozen=True, slots=True)
class WorthPage:
    """`groups` are past forecasts beside what came true, made without hindsight; `renewed` of `outcomes` were.

    `error` and `blind` are mean squared errors: of the forecasts, and of always saying the share that renewed.
    """

    client: Client
    worth: Worth
    putting_right: uuid.UUID | None  # an open recovery of theirs
    outcomes: int
    renewed: int
    groups: list[Group]
    error: float | None
    blind: float | None


def worth_page(firm: Firm, client_id: uuid.UUID, *, now: datetime) -> WorthPage:
    """All of it; raises `Client.DoesNotExist`. For members who may see money."""
    client = Client.objects.get(public_id=client_id, merged_into=None)
    known = outcomes(today=now.astimezone(ZoneInfo(firm.timezone)).date())
    made = forecasts(known)
    now_of = balances([client.pk], at=now, now=now)
    errors = brier(made)
    opened = Recovery.objects.filter(client=client, closed_at=None).order_by("opened_at", "pk")
    return WorthPage(
        client=client,
        worth=worth_of([client.pk], balances=now_of, now=now, model=fitted(known))[client.pk],
        putting_right=opened.values_list("public_id", flat=True).first(),
        outcomes=len(known),
        renewed=sum(each.renewed for each in known),
        groups=reliability(made),
        error=errors[0] if errors else None,
        blind=errors[1] if errors else None,
    )
