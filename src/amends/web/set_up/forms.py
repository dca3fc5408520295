"""What a newcomer is asked; everything has an answer already, so that going on is enough."""

from __future__ import annotations

import json
import re
from email.utils import parseaddr
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from amends.firm.models import Firm, Role
from amends.flows.first_steps import FIELDS, known
from amends.flows.set_up import NoDomain, own_value
from amends.web.settings.forms import FirmForm

_MOST = 50  # people at a time
_PARTS = re.compile(r"[\n;,]+")


class PlaceForm(FirmForm):
    """The firm's name, where it is, and when it works. `seen` carries what was stored when the page was made."""

    domains = None  # type: ignore[assignment]  # they are asked for beside, as boxes

    class Meta:
        model = Firm
        fields = FIELDS
        labels = FirmForm.Meta.labels
        widgets = FirmForm.Meta.widgets

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = known(self.instance)
        self.fields["country"].label = _("Country")

    def seen(self) -> dict[str, str]:
        """What the page that is sent back had seen; whatever else stands there counts as nothing."""
        try:
            found = json.loads(self.data.get("seen", ""))
        except ValueError:
            return {}
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


class DomainsForm(forms.Form):
    """Which domains are the firm's own: those that were shown, ticked or not, and one more."""

    more = forms.CharField(
        label=_("Another one"), max_length=255, required=False,
        widget=forms.TextInput(attrs={"placeholder": "example.com", "spellcheck": "false", "autocapitalize": "off"}),
    )  # fmt: skip

    def clean_more(self) -> list[str]:
        """One or several, as people write them."""
        found = [one for one in re.split(r"[\s;,]+", str(self.cleaned_data["more"])) if one]
        try:
            return [own_value(one) for one in found]
        except NoDomain as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """What is ticked or not came from the page; it must be domains all the same."""
        found: dict[str, Any] = super().clean() or {}
        try:
            for value in self.shown():
                own_value(value)
        except NoDomain as error:
            raise ValidationError(str(error)) from error
        return found

    def shown(self) -> list[str]:
        """Every domain that had a box."""
        return list(dict.fromkeys([*listed(self.data, "shown"), *listed(self.data, "own")]))

    def add(self) -> set[str]:
        """Those that are the firm's."""
        return {*listed(self.data, "own"), *self.cleaned_data["more"]}

    def remove(self) -> set[str]:
        """Those that are not, or no more."""
        return set(listed(self.data, "shown")) - set(listed(self.data, "own"))


class PeopleForm(forms.Form):
    """Who else works here."""

    addresses = forms.CharField(
        label=_("Their e-mail addresses"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("They begin as"), choices=Role.choices, initial=Role.ACCOUNT_MANAGER)

    def clean_addresses(self) -> dict[str, str]:
        """Names by address: "ben@example.com", "Ben Hale <ben@example.com>", one a line or with commas."""
        found: dict[str, str] = {}
        for part in _PARTS.split(str(self.cleaned_data["addresses"])):
            name, address = parseaddr(part.strip())
            for email in [address] if "<" in part else part.split():
                try:
                    validate_email(email)
                except ValidationError as error:
                    message = _("%(what)s is no e-mail address: write it as name@example.com.")
                    raise ValidationError(message, params={"what": part.strip()}) from error
                found[email.lower()] = name
        if len(found) > _MOST:
            raise ValidationError(_("Invite at most 50 at a time; the rest later, under Settings, Members."))
        return found


def listed(data: Any, name: str) -> list[str]:
    """All values of a field that may come several times."""
    return data.getlist(name) if isinstance(data, QueryDict) else list(data.get(name, []))
