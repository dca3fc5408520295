"""What a correction on the conversation page says: which words, what stood there, what is right."""

from __future__ import annotations

from django import forms

from amends.signals.models import SAID


class CorrectionForm(forms.Form):
    """Either a `signal` that is wrong, or the words from `start` to `end` in which something was missed.

    `right` is the kind that it is; left out, it is none.
    """

    signal = forms.UUIDField(required=False)
    start = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    end = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    right = forms.ChoiceField(required=False, choices=[(kind.value, kind.label) for kind in SAID])
