"""Labelled drafts as whole messages with what the check should find in them: figures for each hand left out.

The tags of sentences say what is to be found. A tone is a label of its sentence. Of the whole: a complaint is not owned
where one is answered and nothing owns, apologises, feels, admits, mends, asks or shows; an admission lacks a way out and bad
news a plan where nothing mends, plans, asks or promises; a promise lacks a day where it is put off (`vague`) and no
sentence holds one. What stands between, where fair readers would differ, is `open`: found it counts neither way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from amends.judgement.guard import Context, Draft, Earlier, Mailbox
from amends.judgement.model.outputs import TONES
from training.drafts import Told

OWN, CLIENT = "firm.example", "client.example"
_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
SUBSTANCE = ("complaint_not_owned", "admits_without_solution", "bad_news_without_plan", "promise_without_date")


@dataclass(frozen=True)
class Check:
    """A draft in its context; `expect` are (family, quote or None), `open` families that may be found or not."""

    told: Told
    draft: Draft
    context: Context
    expect: tuple[tuple[str, str | None], ...]
    open: frozenset[str]


def check_of(told: Told) -> Check:
    """The draft as it would leave, and what should be found."""
    me, them = Mailbox(f"jo@{OWN}", "Jo"), Mailbox(f"sam@{CLIENT}", "Sam")
    thread = (Earlier(told.asked, sender=them, to=(me,), at=_AT),) if told.asked else ()
    draft = Draft(body(told), sender=me, to=(them,), subject="Re: Work" if thread else "Work", at=_AT)
    context = Context(own_domains=frozenset({OWN}), thread=thread)
    tones = [(name, text) for tags, text in told.lines for name in TONES if name in tags]
    wanted, undecided = of_whole(told)
    return Check(told, draft, context, (*tones, *wanted), undecided)


_APART = re.compile(r"(?i)(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day))\b.{0,40}|.{1,60},")
"""A greeting or a closing."""


def body(told: Told) -> str:
    """The text as mail: greeting and closing on lines of their own, other sentences one after the other."""
    made = ""
    for tags, text in told.lines:
        apart = not tags and len(text.split()) <= _GREETING and _APART.fullmatch(text) is not None
        made = f"{made.rstrip()}\n\n{text}\n\n" if apart else f"{made}{text} "
    return made.strip()


_GREETING = 6


def of_whole(told: Told) -> tuple[list[tuple[str, str | None]], frozenset[str]]:
    """Labels of the whole draft, and the families of which the tags do not decide."""
    tags, found = told.tags, []
    undecided: set[str] = set()
    harmed = bool(tags & {"blame", "denial", "excuse", "sarcasm", "insult"})
    mends = bool(tags & {"remedy", "plan", "asks", "promise", "dated"})
    if told.answering == "complaint" and told.asked and not tags & {"owns", "sorry", "feeling", "admits", "remedy"}:
        if harmed or tags & {"asks", "evidence", "plan"}:
            undecided.add("complaint_not_owned")
        else:
            found.append(("complaint_not_owned", None))
    for tag, family in (("admits", "admits_without_solution"), ("bad_news", "bad_news_without_plan")):
        if tag in tags and not mends:
            if harmed or tags & {"evidence"} or (family == "bad_news_without_plan" and "admits" in tags):
                undecided.add(family)
            else:
                found.append((family, None))
    vague = [text for own, text in told.lines if "vague" in own]
    if vague and not any("dated" in own for own, _ in told.lines):
        found.append(("promise_without_date", vague[0])) if len(vague) == 1 else found.append(("promise_without_date", None))
    elif vague or (tags & {"promise"} and not tags & {"dated"}):
        undecided.add("promise_without_date")
    undecided |= {"feeling_ignored"} if told.answering == "complaint" and not tags & {"feeling", "sorry"} else set()
    return found, frozenset(undecided)
