"""What the ledger takes in: events, whatever part they come from. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Speaker(StrEnum):
    """Who spoke, as far as the policy cares."""

    NOBODY = ""  # nobody spoke: something happened
    CONTACT = "contact"
    DECIDER = "decider"  # a person who decides, by their title


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened between the firm and a client, which the policy may turn into a posting.

    `key` is the same whenever and however often it is told ("promise:<public id>:kept"); `kind` names a line of the
    policy; `evidence` is a kind and a public id. `withdrawn` says that it turned out not to be so: what was posted
    for it is taken back, by a posting of its own.
    """

    key: str
    kind: str
    client: int  # primary key
    at: datetime
    evidence: tuple[str, uuid.UUID]
    engagement: int | None = None  # primary key
    cause: str = ""  # failure mode of a playbook
    strength: float = 1.0  # 0 to 1: how clearly it was said, how large it was
    speaker: Speaker = Speaker.NOBODY
    withdrawn: bool = False
