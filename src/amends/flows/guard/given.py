"""What whoever asks says themselves, laid over what the firm knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from amends.flows.guard.choosing import NoSuchRule
from amends.judgement.guard import FAMILIES, Context, Glossary, rules

NOTHING = Context()


def settings_given(*, only: Iterable[str] = (), off: Iterable[str] = ()) -> Context:
    """These rules or families alone, and not those. Raises `NoSuchRule`."""
    wanted, unwanted = frozenset(only), frozenset(off)
    for name in sorted(wanted | unwanted):
        if name not in rules() and name not in FAMILIES:
            message = f"There is no rule or family {name!r}."
            raise NoSuchRule(message)
    return replace(NOTHING, settings=replace(NOTHING.settings, only=wanted, off=unwanted))


def laid_over(stored: Context, given: Context) -> Context:
    """Own domains, rules that are off and words of the glossary are added; a thread, an authority, rules to use alone,
    a client of the same name and what to say instead of a word win over what is stored."""
    if given == NOTHING:
        return stored
    named = {each.name.casefold() for each in given.clients}
    never = dict.fromkeys((*stored.glossary.never, *given.glossary.never))
    said_otherwise = {word.casefold() for word in given.glossary.say}
    say = {word: right for word, right in stored.glossary.say.items() if word.casefold() not in said_otherwise}
    return replace(
        stored,
        own_domains=stored.own_domains | given.own_domains,
        thread=given.thread or stored.thread,
        clients=(*(each for each in stored.clients if each.name.casefold() not in named), *given.clients),
        glossary=Glossary({**say, **given.glossary.say}, tuple(never)),
        authority=stored.authority if given.authority is None else given.authority,
        settings=replace(
            stored.settings,
            only=given.settings.only or stored.settings.only,
            off=stored.settings.off | given.settings.off,
        ),
    )
