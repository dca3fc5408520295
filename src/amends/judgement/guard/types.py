"""What the guard is given and what it says: plain values; whoever parses mail fills them in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, get_args

from amends.judgement.guard.naming import Called

Severity = Literal["stop", "warn", "advice"]
Verdict = Literal["send", "warn", "hold"]
Family = Literal[
    "blame",
    "excuse",
    "denial",
    "sarcasm",
    "insult",
    "over_promise",
    "admits_without_solution",
    "complaint_not_owned",
    "promise_without_date",
    "bad_news_without_plan",
    "open_issue_unanswered",
    "feeling_ignored",
    "beyond_authority",
    "talks_about_recipient",
    "reply_all_risk",
    "new_domain",
    "two_clients_together",
    "internal_history_forwarded",
    "glossary",
    "other_client_name",
    "attachment_missing",
    "placeholder",
]
FAMILIES: tuple[Family, ...] = get_args(Family)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The strongest first."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One person or address; `email` in lower case, `name` may be empty."""

    email: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @, or nothing."""
        return self.email.rpartition("@")[2] if "@" in self.email else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to leave.

    `new_text` are the sender's own words, without quotes, signature and small print; offsets count its characters.
    `below` are the parts under it that were written before: quoted replies and forwarded history, as they stand.
    `attachments` are the names of the files that go with it.
    """

    new_text: str
    sender: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    subject: str = ""
    attachments: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    at: datetime | None = None

    @property
    def seen(self) -> tuple[Mailbox, ...]:
        """Everybody whom every reader sees as a recipient."""
        return (*self.to, *self.cc)

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """Everybody who gets it."""
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message of the thread: its new text and who was on it. `listed`: it came through a mailing list, so that those
    who got it need not be among its visible recipients."""

    text: str
    sender: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    at: datetime | None = None
    listed: bool = False

    @property
    def everybody(self) -> tuple[Mailbox, ...]:
        """Sender and recipients."""
        return (*((self.sender,) if self.sender else ()), *self.to, *self.cc)


@dataclass(frozen=True)
class Client:
    """A client of the firm: its name, mail domains and people."""

    name: str
    domains: tuple[str, ...] = ()
    people: tuple[Mailbox, ...] = ()

    @cached_property
    def called(self) -> Called:
        """What it is called in a text."""
        return Called(self.name, self.domains, (each.name for each in self.people))


@dataclass(frozen=True, slots=True)
class Glossary:
    """A client's own terms: what to say instead of what, and what never to say."""

    say: Mapping[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Avoided:
    """Words that the firm itself keeps out of its mail, whoever the client is; `instead` may be empty."""

    words: str
    instead: str = ""
    severity: Severity = "warn"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of which somebody at the firm said that a rule must fire on it, or must not."""

    rule: str
    text: str
    fires: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """A firm's choice of rules, by id or family: only `only` (empty: all), none of `off`, others at another severity;
    and what it adds: words of its own to avoid, and sentences that teach."""

    only: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    avoided: tuple[Avoided, ...] = ()
    examples: tuple[Example, ...] = ()

    def wants(self, rule: str, family: str) -> bool:
        """Is this rule used."""
        if self.only and not self.only & {rule, family}:
            return False
        return not self.off & {rule, family}


@dataclass(frozen=True, slots=True)
class Promised:
    """Something that the firm has promised this client and not done yet, in the words it was promised in."""

    text: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a draft; everything may be missing, and then what needs it is not judged.

    `thread` are the messages before it, oldest first. `issues` are the client's open issues in the client's words,
    `promises` what we owe them: a promise that is dated there already needs no second date. `authority` the most that
    the sender may give away alone, None where nothing is known. `colleagues` are names of people of the firm.
    `open_with` and `too_soon` say in a sentence why the client is not to be asked for a favour: something is open, or
    it is too soon.
    """

    own_domains: frozenset[str] = frozenset()
    thread: tuple[Earlier, ...] = ()
    clients: tuple[Client, ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    authority: Decimal | None = None
    issues: tuple[str, ...] = ()
    open_with: str = ""
    too_soon: str = ""
    promises: tuple[Promised, ...] = ()
    colleagues: tuple[Mailbox, ...] = ()
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: `quote` is `new_text[start:end]`; all three are None where it is about recipients or
    the whole. `suggestion` are words to put in place of the quote, or what to do."""

    rule: str
    family: Family
    severity: Severity
    why: str
    suggestion: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None

    @property
    def mark(self) -> str:
        """What this finding is known by while a draft is written on: its rule and its words, wherever they stand."""
        said = " ".join((self.quote or "").casefold().split())
        return hashlib.sha256(f"{self.rule}\n{said}".encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Result:
    """What the guard says of a draft.

    `failed` are the ids of rules that could not be tried, with the kind of error; the others were. `deep` counts the
    sentences that the encoder has read.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    deep: int = 0
