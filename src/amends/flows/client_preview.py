"""What a kept file of clients would do, or what a person has to decide before anybody can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.clients.addressbooks import Guess, Unmapped, columns_of
from amends.clients.models import Upload
from amends.clients.timesheets import Unclear
from amends.flows.client_files import ClientPreview, book_of, preview_clients
from amends.flows.uploads import content


@dataclass(frozen=True, slots=True)
class ClientLook:
    """The columns of a table with what they are taken for, and the preview, where nothing is left to decide."""

    guess: Guess | None = None
    preview: ClientPreview | None = None
    unclear: Unclear | None = None
    problem: str = ""  # what about the columns is not clear

    @property
    def decided(self) -> bool:
        return self.preview is not None


def look_at_clients(upload: Upload, *, now: datetime) -> ClientLook:
    """Look at a kept file as it was decided to read it. Raises `BookError` or `FileGone`."""
    data = content(upload)
    columns = {int(number): str(field) for number, field in upload.options.get("columns", {}).items()}
    guess = columns_of(data, columns=columns)
    try:
        read = book_of(data, upload.options, name=upload.name)
    except Unmapped as problem:
        return ClientLook(guess=guess, problem=str(problem))
    except Unclear as unclear:
        return ClientLook(guess=guess, unclear=unclear)
    return ClientLook(guess=guess, preview=preview_clients(read, source=upload.name, now=now))
