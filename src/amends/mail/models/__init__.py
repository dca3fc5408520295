"""Rows of correspondence (`letters`) and of the mailboxes that are read as mail arrives (`live`)."""

from amends.mail.models.letters import (
    Body,
    Copy,
    Direction,
    ImportRun,
    Mailbox,
    Message,
    Participant,
    RunState,
    Share,
    Thread,
    ThreadLink,
    Traffic,
    Visibility,
)
from amends.mail.models.live import Account, AccountState, Credential, Folder, FolderRole, Outcome, Remote, Security

__all__ = [
    "Account",
    "AccountState",
    "Body",
    "Copy",
    "Credential",
    "Direction",
    "Folder",
    "FolderRole",
    "ImportRun",
    "Mailbox",
    "Message",
    "Outcome",
    "Participant",
    "Remote",
    "RunState",
    "Security",
    "Share",
    "Thread",
    "ThreadLink",
    "Traffic",
    "Visibility",
]
