"""What is sent to the check. Whatever is typed can be checked: what cannot be read is left out, and said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from amends.core.ids import uuid7
from amends.flows.guard import Written
from amends.outbox.compose import NoAddress, Person
from amends.outbox.recipients import Audience, typed
from amends.web.check.places import lf

MOST_TEXT = 1_000_000
MOST_EML = 30 << 20
_MOST_BELOW = 50_000
_MOST_PEOPLE = 20_000
_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A text as it stands in a page's field, with what stands around it."""

    request: HttpRequest

    def value(self, name: str, most: int = 500) -> str:
        """One field, with line ends as the browser's field holds them."""
        return lf(self.request.POST.get(name, "")[: 2 * most])[:most]

    def key_of(self, name: str) -> uuid.UUID | None:
        """A public id, None where there is none."""
        try:
            return uuid.UUID(self.value(name))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The text as typed."""
        return self.value("text", MOST_TEXT)

    @property
    def key(self) -> uuid.UUID:
        """What reactions are kept under: the page's own, made of nothing in the text."""
        return self.key_of("key") or uuid7()

    @property
    def file_names(self) -> list[str]:
        """What the files are called that go with it."""
        return [lf(name)[:200] for name in self.request.POST.getlist("file_name")[:_MOST_FILES] if name]

    @property
    def message(self) -> UploadedFile[bytes] | None:
        """A whole message that was chosen."""
        found = self.request.FILES.get("eml")
        return found if isinstance(found, UploadedFile) else None

    def written(self) -> Written:
        """What is checked."""
        return Written(
            self.text, Audience(self.people("to"), self.people("cc")), subject=self.value("subject"),
            files=self.file_names, answering=self.key_of("answering"), client=self.key_of("client"),
            quoted=self.value("below", _MOST_BELOW),
        )  # fmt: skip

    def people(self, name: str) -> tuple[Person, ...]:
        """The people of an address field; parts that are no address are passed over."""
        whole = self.value(name, _MOST_PEOPLE)
        try:
            return typed(whole)
        except NoAddress:
            pass
        found: list[Person] = []
        for part in whole.split(","):
            try:
                found += typed(part)
            except NoAddress:
                continue
        return tuple(found)

    @property
    def trouble(self) -> str:
        """Why a part of an address field is passed over."""
        for name in ("to", "cc"):
            try:
                typed(self.value(name, _MOST_PEOPLE))
            except NoAddress as error:
                return str(error)
        return ""
