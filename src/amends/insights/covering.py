"""Which signals a click on a row answers: those that the page covered when it was drawn."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db.models import Q

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Firm
from amends.insights.ranking import HIDDEN, answered_away, answers_at
from amends.insights.screen import Shown
from amends.insights.today import live, moment_to_look_from, seen_by
from amends.mail.privacy import Reader
from amends.signals.models import Response


class Changed(AmendsError):
    """More is true of a client than the page said from which somebody answers."""


def covered(reader: Reader, firm: Firm, client_id: uuid.UUID, *, shown: Shown) -> list[uuid.UUID]:
    """The signals of a client that a row covered which was drawn as `shown`, oldest first; three queries.

    What was noticed later is not among them, whenever it was said: it has a higher key. What was ended then and holds
    again would be, so nothing is answered where there are more reasons than the row had. Raises `Changed`.
    """
    at, _ = moment_to_look_from(now=shown.at)
    client = Client.objects.filter(public_id=client_id).values_list("pk", flat=True)
    true = live(firm, at=at, clients=list(client)).annotate(seen=seen_by(reader))
    true = true.filter(Q(seen=True, pk__lte=shown.newest) | Q(seen=False, kind__in=shown.hidden))
    answers: dict[int, list[Response]] = defaultdict(list)
    for answer in answers_at(shown.at).filter(signal__in=true):
        answers[answer.signal_id].append(answer)
    found, reasons = [], set()
    for pk, public_id, kind, message, seen in true.order_by("pk").values_list(
        "pk", "public_id", "kind", "message_id", "seen"
    ):
        if not answered_away(answers.get(pk, ()), shown.at):
            found.append(public_id)
            reasons.add((kind, message if seen else HIDDEN))
    if len(reasons) > shown.reasons:
        raise Changed("Something has changed here since you looked: reload the page, and answer then.")
    return found
