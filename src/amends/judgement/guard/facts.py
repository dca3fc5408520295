"""Rules about facts: the client's own words, other clients' names, attachments, gaps of a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amends.judgement import rulebook
from amends.judgement.guard import greeting, naming
from amends.judgement.guard.hits import Hit, matching
from amends.judgement.guard.people import ROLES, meant_for, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View


def glossary(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Words that the client does not use."""
    if not view.cast.leaves:
        return
    text, known = view.flat, view.context.glossary
    right = [match.span() for each in known.say.values() if each for match in term(each).finditer(text)]
    for wrong, better in known.say.items():
        for match in term(wrong).finditer(text) if wrong.strip() else ():
            if not any(low <= match.start() and match.end() <= high for low, high in right):
                yield Hit(
                    match.start(), match.end(), detail=f"“{better}”.", instead=_as_written(match[0], better, wrong)
                )
    for word in known.never:
        for match in term(word).finditer(text) if word.strip() else ():
            yield Hit(match.start(), match.end(), detail="they never say this.", instead="Leave it out.")


def term(words: str) -> re.Pattern[str]:
    """A term as a whole word, in any case, in singular or plural, over a line break."""
    whole = words[-1:].isalnum()
    head = r"\b" if words.strip()[:1].isalnum() else ""
    end = r"(?:'s|’s|s|es)?\b" if whole else ""
    return re.compile(head + r"\s+".join(map(re.escape, words.split())) + end, re.IGNORECASE)


def _as_written(found: str, better: str, wrong: str) -> str:
    """The better word with the capital and the plural of what it replaces."""
    if len(found) > len(wrong) and found.lower().endswith("s") and not better.lower().endswith("s"):
        better += "s"
    return better[:1].upper() + better[1:] if found[:1].isupper() and not found.isupper() else better


def other_client(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Another client is named to somebody outside."""
    if not view.cast.outsiders:
        return
    here = view.cast.clients_here
    said_before = " ".join(each.text for each in view.context.thread if each.sender and view.cast.outside(each.sender))
    greeted = greeting.read(view.draft.new_text)
    titles = [(name, _spaced(name)) for name in (view.draft.subject, *view.draft.attachments) if name]
    words = naming.words(" ".join((view.flat, *(spaced for _, spaced in titles))))
    for client in view.context.clients:
        called = client.called
        if client.name in here or words.isdisjoint(called.first) or not called.may_stand(words):
            continue
        pattern = called.pattern
        if pattern.search(said_before) or meant_for(client, view.cast.outsiders):
            continue
        match = next(
            (
                m
                for m in pattern.finditer(view.flat)
                if not (greeted.start <= m.start() < greeted.end) and not _agreed(m.start(), view)
            ),
            None,
        )
        if match is not None:
            yield Hit(match.start(), match.end(), detail=f"{client.name}.")
            continue
        where = next((name for name, spaced in titles if called.loose.search(spaced)), "")
        if where:
            yield Hit(detail=f"{client.name}, in “{where}”.")


_AGREED = re.compile(
    r"\b(?:has|have) (?:\w+ )?(?:agreed|offered|consented|asked (?:me|us) to (?:tell|give|pass|introduce))\b"
    r"|\b(?:has|have) (?:\w+ )?said (?:that )?(?:she|he|they)(?:'d| would|'s| is| are|'re) (?:\w+ )?(?:glad|happy"
    r"|delighted|pleased|willing)\b"
    r"|\b(?:is|are|would be|'d be) (?:\w+ )?(?:glad|happy|delighted|pleased|willing) (?:to (?:talk|speak|tell|show|take"
    r"|vouch|act|be (?:named|a reference))|for (?:us|me|you) to)\b"
    r"|\bwith (?:his|her|their) (?:consent|permission|blessing|leave)\b"
)
"""Whoever agreed to be named, as a reference or to be put in touch."""


def _agreed(at: int, view: View) -> bool:
    """Does the sentence say that they are named with their will."""
    here = next((each for each in view.sentences if each.start <= at < each.end), None)
    return here is not None and _AGREED.search(rulebook.plain(here.text)) is not None


def _spaced(name: str) -> str:
    return re.sub(r"[_\-.]+", " ", name)


def greeted_other(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The first line greets somebody who does not get it."""
    found = greeting.read(view.draft.new_text)
    recipients = view.draft.recipients
    if not view.cast.outsiders or not found.names or any(greeting.is_generic(name) for name in found.names):
        return
    known = [name for each in (*recipients, *view.cast.before, *view.context.colleagues) for name in names(each)]
    known += [p.name for client in view.cast.clients_here.values() for p in client.people]
    known += [client.name for client in view.cast.clients_here.values()]
    known += [each.email.partition("@")[0].replace(".", " ") for each in recipients]
    if any(names_nobody(each.email) and not each.name for each in recipients):
        return
    told = all(any(len(name) > 1 for name in names(each)) for each in recipients)
    others = [
        p.name for client in view.context.clients if client.name not in view.cast.clients_here for p in client.people
    ]
    for said in found.names:
        if any(greeting.same_person(said, name) for name in known):
            continue
        elsewhere = any(_exactly(said, name) for name in others)
        if elsewhere or (told and found.salute and said[:1].isupper() and not _shares_initial(said, known)):
            at = view.draft.new_text.find(said, found.start)
            right = next((names(each)[0].split()[0] for each in view.cast.outsiders if names(each)), "")
            yield Hit(at, at + len(said), detail=f"{said}.", instead=right)
            return


def names_nobody(email: str) -> bool:
    """An address of a function, such as info@, behind which anybody may be."""
    local = email.partition("@")[0].lower()
    return local in ROLES or any(part in ROLES for part in re.split(r"[._+-]", local))


def _exactly(said: str, name: str) -> bool:
    ours = said.lower().split()
    return all(part in name.lower().split() for part in ours)


def _shares_initial(said: str, known: list[str]) -> bool:
    return any(part[:1].lower() == said[:1].lower() for name in known for part in name.split()[:1])


def attachment(rule: GuardRule, view: View) -> Iterator[Hit]:
    """An attachment is spoken of, and there is none."""
    if not view.draft.attachments:
        yield from list(matching(rule, view))[:1]
