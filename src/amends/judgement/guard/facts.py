"""Rules about facts: the client's own words, other clients' names, attachments, gaps of a template."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.judgement.guard import greeting, naming, rulefiles
from amends.judgement.guard.hits import Hit, matching
from amends.judgement.guard.people import ROLES, names
from amends.judgement.guard.view import MOST_READ

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
        if pattern.search(said_before):
            continue
        match = next(
            (m for m in pattern.finditer(view.flat) if not (greeted.start <= m.start() < greeted.end)),
            None,
        )
        if match is not None:
            yield Hit(match.start(), match.end(), detail=f"{client.name}.")
            continue
        where = next((name for name, spaced in titles if called.loose.search(spaced)), "")
        if where:
            yield Hit(detail=f"{client.name}, in “{where}”.")


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
    others = [
        p.name for client in view.context.clients if client.name not in view.cast.clients_here for p in client.people
    ]
    for said in found.names:
        if any(greeting.same_person(said, name) for name in known):
            continue
        elsewhere = any(_exactly(said, name) for name in others)
        if elsewhere or (found.salute and said[:1].isupper() and not _shares_initial(said, known)):
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


_FIELD = (
    r"(?:(?:first|last|full|your|client|customer|company|recipient|contact|project|their|the|my|sender|insert"
    r"|enter|add|put|"
    r"event|product|order|invoice|start|end|due|delivery|meeting|manager)[ _-]?)*(?:name|date|time|day|month"
    r"|year|amount|"
    r"number|no|client|customer|company|title|link|url|address|price|city|project|phone|e-?mail|reason|product"
    r"|person|sum|"
    r"total|quote|topic|subject|position|role|deadline|here|signature|department|country|percentage|percent"
    r"|figure|text|"
    r"details?|surname|reference|ref|location|venue|weekday|x+|what|whom|who|when|how|what we do[^\]]*"
    r"|their words?|amounts?|"
    r"reasons?|dates?|options?|fee|rate|hours|salutation|greeting)(?: (?:here|of [\w ]{1,20}|goes here|to come))?"
)
_GAPS = re.compile(
    r"\[(?!sic\]|\.\.\.\]|…\])(?:(?i:insert|enter|add|fill|put|todo|tbd|tbc|placeholder|your|name of)\b[^\]\n]{0,60}"
    rf"|(?i:{_FIELD})|[A-Z][A-Z _-]{{2,40}}|_+|\s*|\?+|x{{2,}}|X+)\](?!\()"
    r"|\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\{%[^%\n]{1,60}%\}"
    rf"|\{{(?i:{_FIELD}|\w*name|\w+_\w+)\}}"
    rf"|<<[^<>\n]{{1,40}}>>|<(?i:(?:insert|enter|add|fill in|your)\b[^<>\n@]{{0,40}}|{_FIELD})>|«(?i:{_FIELD})»"
    r"|%%?[A-Z][A-Z_]{2,30}%%?|\*\|[A-Z_]{2,30}\|\*|##[A-Z_]{3,30}##|\bMERGE_?FIELD\b"
    r"|(?<![\w-])X{3,}(?![\w-])|\b[xX]{2}[./:-][xX]{2}(?:[./-][xX]{2,4})?\b"
    r"|\bT\.?B\.?D\b\.?|\bTODO\b(?:[: ][^)\n.]{0,30})?|\bFIXME\b|(?i:\blorem ipsum\b[^.\n]{0,60})"
    r"|(?<=[^\s_-])[ \t]+_{3,}(?=[ \t]*[\w.,;:]|[ \t]*$)|(?<=[ \t(:])\?{3,}(?=[\s).,])"
    r"|(?m:^(?:(?i:hi|hello|hey)[ ]+|(?i:dear)[ ]*),[ ]*$)|(?i:^(?:hi|hello|dear|hey) ,)|(?i:\bdear (?:mr|mrs|ms|herr"
    r"|frau)\.?/(?:mr|mrs|ms|frau|herr)\b)"
    r"|(?i:\b(?:firstname|first_name|lastname|last_name|companyname|company_name|clientname|client_name)\b)"
)


@cache
def _gaps() -> re.Pattern[str]:
    """Gaps of templates, and those that the rules' own suggestions leave to the writer."""
    own = {gap for rule in rulefiles.load().values() for gap in re.findall(r"\[[^\]\n]+\]", rule.suggestion)}
    return re.compile("|".join([_GAPS.pattern, *map(re.escape, sorted(own))]))


_CODE = re.compile(r"`[^`\n]*`|```.*?```", re.DOTALL)


_SHOWN = re.compile(
    r"\b(?:tags?|placeholders?|place-?holders?|merge|fields?|curly|brackets?|braces?|variables?|tokens?"
    r"|short-?codes?|template"
    r"|filler|dummy|blind text|mail-?merge|snippet|syntax|swaps?|gets? replaced|is replaced|fills? (?:it "
    r"|this |that )?in by itself"
    r"|stays? (?:exactly )?as)\b",
    re.IGNORECASE,
)
_LIKE_IT = re.compile(
    r"\b(?:the )?same (?:for|with|goes|holds|applies)|\blikewise\b|\b(?:that|this) goes for\b|\bas (?:does|is)\b",
    re.IGNORECASE,
)
_TALKED_ABOUT = re.compile(
    r"(?:\b(?:the|this|that|these|some|any|our|in|of|with|by|about|mind|for|and)|[\"'“‘«(])\s*$", re.IGNORECASE
)


_MOST_GAPS = 50
"""So many are looked at, those that are talked about among them."""


def placeholder(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Gaps that a template left."""
    text = _CODE.sub(lambda match: " " * len(match[0]), view.draft.new_text[:MOST_READ])
    number = 0
    for match in islice(_gaps().finditer(text), _MOST_GAPS):
        lead = len(match[0]) - len(match[0].lstrip())
        if _is_shown(match.start() + lead, view):
            continue
        yield Hit(match.start() + lead, match.end(), detail=f" Here: {match[0].strip()}")
        number += 1
        if number == 5:
            return


def _is_shown(at: int, view: View) -> bool:
    """Is it talked about: its sentence says what such a gap is, or the one before did and this one goes on."""
    place = next((n for n, each in enumerate(view.sentences) if each.start <= at < each.end), None)
    if place is None:
        return False
    here = view.sentences[place]
    before, after = view.flat[here.start : at], view.flat[at : here.end]
    gap = _gaps().match(after)
    rest = f"{before} {after[gap.end() - gap.start() :] if gap is not None else after}"
    if _SHOWN.search(rest) is not None:
        return _TALKED_ABOUT.search(before) is not None or not before.strip()
    if "lorem ipsum" in after[:12].lower():
        return _TALKED_ABOUT.search(before) is not None
    earlier = view.sentences[place - 1].text if place else ""
    return _LIKE_IT.search(before) is not None and _SHOWN.search(earlier) is not None
