"""The page about the model: what it can and cannot do, how that was measured, and what it was made of."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from amends.insights.model import model_card, model_state
from amends.web.model.figures import calibration, groups, labels
from amends.web.model.names import named_thresholds


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The model's card in plain words, or why there is no model."""
    card = model_card()
    context: dict[str, object] = {"state": model_state(), "card": card}
    if card is not None:
        context |= {
            "groups": groups(card.figures),
            "calibration": calibration(card.figures),
            "labels": labels(card.figures),
            "thresholds": named_thresholds(card.thresholds),
            "size": sum(size or 0 for _name, _sha256, size in card.files),
        }
    return render(request, "model/page.html", context)
