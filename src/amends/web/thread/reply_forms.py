"""What the reply box sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from amends.flows.guard import Seen
from amends.outbox.compose import MAX_FILES, File, NoAddress, Person
from amends.outbox.recipients import Audience, typed
from amends.web.check.places import lf

MOST_SHOWN = 100
"""Findings that one form may name."""


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Any number of files, none too large to be sent."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        found: list[UploadedFile[bytes]] = [file for file in data or [] if file]
        if sum(file.size or 0 for file in found) > MAX_FILES:
            raise forms.ValidationError(_("These files are too large to be sent: 20 MB together at most."))
        return [File(file.name or "file", file.content_type or "", b"".join(file.chunks())) for file in found]


class AudienceForm(forms.Form):
    """To, copies and hidden copies, as people type them."""

    to = forms.CharField(label=_("To"), required=False, max_length=20_000)
    cc = forms.CharField(label=_("Copy"), required=False, max_length=20_000)
    bcc = forms.CharField(label=_("Hidden copy"), required=False, max_length=20_000)
    answering = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_to(self) -> tuple[Person, ...]:
        return self._people("to")

    def clean_cc(self) -> tuple[Person, ...]:
        return self._people("cc")

    def clean_bcc(self) -> tuple[Person, ...]:
        return self._people("bcc")

    def _people(self, name: str) -> tuple[Person, ...]:
        try:
            return typed(self.cleaned_data[name])
        except NoAddress as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def audience(self) -> Audience:
        """Everybody named; fields that cannot be read name nobody."""
        given = self.cleaned_data
        return Audience(given.get("to", ()), given.get("cc", ()), given.get("bcc", ()))


class ReplyForm(AudienceForm):
    """The answer itself. `key` makes one draft of a form that is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    answering = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your answer"),
        max_length=200_000,
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-reply-text": "", "data-check-text": "", "spellcheck": "true"}),
    )
    quotes = forms.BooleanField(label=_("Quote their words below"), required=False)
    attached = _FilesField(label=_("Files"), required=False)

    def clean_text(self) -> str:
        """With line ends as in mail that was read; browsers send others."""
        return lf(self.cleaned_data["text"])

    @property
    def seen(self) -> frozenset[str]:
        """Marks of the findings that stood beside the text when it was sent."""
        data: Any = self.data
        return frozenset(data.getlist("seen")[:MOST_SHOWN])

    @property
    def shown(self) -> list[Seen]:
        """Every finding that stood there while it was written, as "rule mark"."""
        data: Any = self.data
        pairs = (value.split(" ", 1) for value in data.getlist("shown")[:MOST_SHOWN])
        return [Seen(*pair) for pair in pairs if len(pair) == 2]

    @property
    def kept(self) -> list[int]:
        """Keys of files that a draft has already and shall keep."""
        data: Any = self.data
        return [int(value) for value in data.getlist("keep") if value.isascii() and value.isdigit() and len(value) < 19]


class LetterForm(ReplyForm):
    """A first message to a client: chosen from their people, or typed."""

    answering = None  # type: ignore[assignment]
    quotes = None  # type: ignore[assignment]
    people = forms.MultipleChoiceField(label=_("Their people"), required=False, widget=forms.CheckboxSelectMultiple)
    subject = forms.CharField(label=_("Subject"), max_length=300, required=False)

    field_order = ("people", "to", "cc", "bcc", "subject", "text")

    def __init__(self, *args: Any, known: Mapping[str, Person], **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = known
        people: Any = self.fields["people"]
        people.choices = [
            (email, f"{person.name} ({email})" if person.name else email) for email, person in known.items()
        ]
        self.fields["to"].label = _("Others") if known else _("To")
        self.fields["text"].label = _("Your message")

    @property
    def audience(self) -> Audience:
        """Whoever was chosen, and everybody typed."""
        given = self.cleaned_data
        chosen = tuple(self.known[email] for email in given.get("people", ()))
        return Audience((*chosen, *given.get("to", ())), given.get("cc", ()), given.get("bcc", ()))
