"""Rules about who will read it, beside the thread and the firm's clients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amends.judgement import leaks, rulebook
from amends.judgement.guard import greeting
from amends.judgement.guard.hits import Hit
from amends.judgement.guard.people import FREE_MAIL, extends, names
from amends.judgement.scenes import Party

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.types import Mailbox
    from amends.judgement.guard.view import View


def party(view: View) -> Party:
    """The outside readers as those whom a remark may be about: their names, their organisations, their addresses."""
    people = [name for each in view.cast.outsiders for name in names(each)]
    clients = [client for client in map(view.cast.client, view.cast.outsiders) if client is not None]
    known = [p.name for client in clients for p in client.people if p.name]
    firms = [client.name for client in clients]
    return Party(tuple(dict.fromkeys([*people, *known, *firms])), tuple(each.email for each in view.cast.outsiders))


def greets(view: View, people: Iterable[Mailbox | str]) -> list[str]:
    """Which of these the first line greets."""
    found = greeting.read(view.draft.new_text)
    known = [name for each in people for name in ([each] if isinstance(each, str) else names(each))]
    return [name for name in known if any(greeting.same_person(said, name) for said in found.names)]


_SPEAKS_OF = re.compile(
    r"\b(?:nightmare|impossible|clueless|no clue|penny.?pincher|stingy|cheapskate|drives? (?:me"
    r"|us) (?:mad|crazy|nuts)|"
    r"driving (?:me|us) (?:mad|crazy|nuts|up the wall)|swallow|fall for|buy (?:it|that)|won't notice"
    r"|never (?:check|notice)s?|"
    r"bill (?:him|her|them) for|pays? (?:anything|whatever)|can't stand|get rid of|dread|pain in|moron|idiot"
    r"|stupid|dumb|"
    r"useless|hopeless|annoying|ridiculous|crazy|liar|lying|whin\w+|moan\w+|fob (?:him|her|them) off"
    r"|string (?:him|her|them)|"
    r"stall (?:him|her|them)|don't (?:tell|let on|mention)|please don't tell|not (?:to )?tell (?:him|her|them)|"
    r"take (?:\w+ )?off my hands|waste (?:an hour|time|another minute)|not worth|doesn't need to know|hasn't got a|"
    r"no idea what|make (?:up )?(?:something|an excuse)|blame (?:it on )?the|tell (?:him|her|them) (?:the|that"
    r"|it's|we)|"
    r"squeeze|milk (?:him|her|them|it)|overcharge|add (?:20|10|\d+) percent|put \w+ percent on|tight.?fisted|fussy|"
    r"(?:knows? not|doesn't (?:\w+ )?know|don't (?:\w+ )?know|never knows?) (?:\w+ ){0,2}what (?:he|she|they) (?:\w+ )?"
    r"(?:wants?|needs?|likes?)|(?:has|have|get|gets) the (?:feeling|illusion|impression) (?:that )?(?:he|she|they|it)"
    r"|let (?:him|her|them) (?:think|believe|feel)|"
    r"high.?maintenance|drama|hysterical|paranoid|a joke|the worst|sick of (?:him|her|them)|fed up with)\b"
)


_PLOTS = re.compile(
    r"\b(?:push(?:es|ing)? back on|talk (?:us|me) down|(?:usually|always|will|he'll|she'll"
    r"|they'll) (?:folds?|caves?|gives? in)"
    r"|(?:folds|caves) if|stall(?:s|ing)?|money is tight|short of (?:cash|money)|not pretty|on account before"
    r"|before (?:he|she|they) (?:notice|find|hear|realise|realize|escalate|complain|kick|go(?:es)? (?:to|over))s?"
    r"|in (?:a|one of (?:his|her|their)) moods?|throws? a (?:fit|tantrum)|kept? .{0,30}\bquiet (?:until|till|for now)"
    r"|keep (?:it|this|that) (?:from|away from)|doesn't (?:realise|realize|suspect|need to know)|no need to tell"
    r"|(?:i'd|i would|let's|we should) (?:open|start|go in) (?:at|with) [€$£]?\d|our (?:walk.?away|bottom line|floor)"
    r"|gets? away with (?:it|that|charging)|pushover|easy (?:money|touch)|(?:is|being|gets?|'s) (?:so "
    r"|very |rather |quite )?"
    r"(?:difficult|prickly|touchy|hard work|a handful|precious)|needs? (?:careful |some )?handling|hand.?holding"
    r"|keep (?:him|her|them) (?:sweet|quiet|off our)|butter (?:him|her|them)|wind(?:s|ing)? (?:him|her|them|me|us) up"
    r"|gets? (?:his|her|their) (?:own )?way|just (?:nod|smile|humou?r)\b"
    r"|no (?:more )?patience|(?:lost|losing|run out of"
    r"|running out of) (?:my |our )?patience|(?:this|that|our|his|her|their) (?:madam"
    r"|lordship|ladyship|highness|majesty"
    r"|genius|diva|princess|prima donna)"
    r"|(?:his|her|their) (?:bark|ego|temper|nagging|whims?)|slow (?:payers?|to pay))\b"
)
"""Tactics and moods, as colleagues speak of a client among themselves."""
_ONLY_ONE = re.compile(
    r"\b(?:this (?:one|part|bit|mail|e-?mail|note|message) is (?:strictly |only "
    r"|just )*(?:meant )?for (?:you|your eyes)"
    r"(?! (?:all|both|two|and|to)\b)|(?:strictly |only |just )for (?:you|your eyes)(?: only| alone)?\s*[:–—-]"
    r"|for your eyes only|for you (?:only|alone|personally)"
    r"|(?:on|about|to|regarding) your (?:private|personal|confidential) (?:\w+ )?(?:question|matter"
    r"|message|note|request)"
    r"|(?:not|n't) (?:telling|told|tell) (?:\w+ )?(?:folks|people|anyone|anybody|everyone|the others"
    r"|the rest|the team)"
    r"|(?:please )?(?:don't|do not) (?:share|forward|pass|show) (?:this|it)"
    r"|(?:the )?others (?:don't|do not|needn't|need not|shouldn't|should not"
    r"|mustn't) (?:need to )?(?:know|see|hear))(?!\w)"
)
"""Words to one person, which other recipients read."""
_INWARD = frozenset({"money", "secrecy"})


def talks_about(rule: GuardRule, view: View) -> Iterator[Hit]:
    """A remark about the client in a message that the client gets."""
    if not view.cast.outsiders or view.language != "en":
        return
    about = party(view)
    colleague = greets(view, view.cast.colleagues) or _calls_colleague(view)
    if greets(view, about.names) and not colleague:
        return
    seen: set[int] = set()
    for found in leaks.find_leaks(
        view.own, to_client=about, colleagues=view.cast.colleagues, to_colleague=True if colleague else None
    ):
        if found.kind in _INWARD and not found.whom:
            continue  # inner words that speak of nobody: `reply_all` knows them
        sure = _means_them(found.whom, about.names, view.own[: found.start])
        if not sure and not colleague:
            continue  # "those two" and "they" are anybody where nobody of theirs was named
        seen.add(found.start)
        yield Hit(found.start, found.end, detail=_whom(found.whom), severity=None if sure else "warn")
    if not colleague:
        return
    for sentence in view.sentences:
        if sentence.start in seen:
            continue
        named = [name for name in about.names if _named(name, sentence.text)]
        before = seen or named or any(_named(name, view.own[: sentence.start]) for name in about.names)
        plain = rulebook.plain(sentence.text)
        spoken_of = before and (named or _PRONOUN.search(sentence.text)) and _SPEAKS_OF.search(plain)
        plotted = _PLOTS.search(plain) and (named or _ONE.search(plain)) and _alone(about.names, view, sentence.start)
        if spoken_of or plotted:
            whom = named[0] if named else ""
            yield Hit(sentence.start, sentence.end, detail=_whom(whom), severity=None if spoken_of else "warn")


_THE_CLIENT = re.compile(r"\b(?:client|customer)s?\b", re.IGNORECASE)


def _means_them(whom: str, theirs: tuple[str, ...], before: str) -> bool:
    """Do these words mean the client's people: by name, as "the client", or as somebody who was named before."""
    if _THE_CLIENT.search(whom) or any(_named(name, whom) for name in theirs):
        return True
    return any(_named(name, before) for name in theirs)


_OTHERS = re.compile(
    r"\b(?:the|our|their|his|her|a) (?:\w+ )?(?:printers?|suppliers?|couriers?|venue|hotel|bank|council"
    r"|landlord|insurers?|caterers?"
    r"|contractors?|tenants?|vendor|seller|buyer|lawyers?|accountants?|court|agency|provider|competitors?|band|speakers?)\b",
    re.IGNORECASE,
)


def _alone(names: tuple[str, ...], view: View, end: int) -> bool:
    """Is nobody but the client spoken of up to here: then a pronoun means them."""
    said = view.own[:end]
    return any(_named(name, said) for name in names) or _OTHERS.search(said) is None


_ONE = re.compile(r"\b(?:he|she|him|her|his|hers)\b|\b(?:they|them)'?\w*\b(?=.*\b(?:fold|cave|push back)\b)")
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their)\b", re.IGNORECASE)
_ORDINARY = frozenset(
    """hotels hotel foods food clinic it group ltd inc the and build trust bakery studio events""".split()  # noqa: SIM905
)


def _named(name: str, text: str) -> bool:
    parts = [part for part in name.split() if len(part) > 1 and part.lower() not in _ORDINARY]
    return any(re.search(rf"\b{re.escape(part)}\b", text) for part in parts)


def _whom(name: str) -> str:
    return f" It means {name}." if name else ""


def _calls_colleague(view: View) -> bool:
    """Does the first word call a person who is neither recipient nor client: somebody of ours who is not on it."""
    found = greeting.read(view.draft.new_text)
    if len(found.names) != 1 or greeting.is_generic(found.names[0]):
        return False
    return not any(greeting.same_person(found.names[0], name) for name in party(view).names) and any(
        name for each in view.cast.clients_here.values() for name in (p.name for p in each.people)
    )


def reply_all(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Meant for one, and others get it: a colleague spoken to with a client in To, inner words, many strangers."""
    outsiders = [each for each in view.draft.seen if view.cast.outside(each)]
    if not outsiders or len(view.draft.recipients) < 2:
        return
    private = next((s for s in view.sentences if _private(rule, rulebook.plain(s.text), outsiders)), None)
    if private is not None:
        yield Hit(private.start, private.end)
        return
    found = greeting.read(view.draft.new_text)
    if len(found.names) != 1 or greeting.is_generic(found.names[0]):
        return
    said = found.names[0]
    if _is_one_of(said, outsiders):
        yield from _many_strangers(view, said, outsiders)
        return
    inside = [each for each in view.draft.cc if not view.cast.outside(each)]
    first_outside = bool(view.draft.to) and all(view.cast.outside(each) for each in view.draft.to)
    if first_outside and _is_one_of(said, inside):
        yield Hit(detail=f" It greets {said}; {_list(outsiders)} would read it too.")


def _private(rule: GuardRule, plain: str, outsiders: list[Mailbox]) -> bool:
    """Are these words for one person, or for people inside only."""
    return rule.matcher.find(plain) is not None or (len(outsiders) > 1 and _ONLY_ONE.search(plain) is not None)


def _is_one_of(said: str, people: Iterable[Mailbox]) -> bool:
    return any(greeting.same_person(said, name) for each in people for name in names(each))


def _list(people: Iterable[Mailbox]) -> str:
    return ", ".join(each.name or each.email for each in list(people)[:3])


def _many_strangers(view: View, said: str, outsiders: list[Mailbox]) -> Iterator[Hit]:
    """One person is greeted, and people of two or more other organisations get it as well."""
    home = {each.domain for each in outsiders if any(greeting.same_person(said, name) for name in names(each))}
    others = {each.domain for each in outsiders} - home
    if len(others) >= 2 and len(outsiders) >= 4 and len({c.name for c in map(view.cast.client, outsiders) if c}) < 2:
        yield Hit(detail=f" It greets {said}; {len(outsiders) - 1} more people outside would read it.")


_TO_ALL = re.compile(
    r"\b(?:reply|replies|answer|respond|write|get back|send (?:it|this|that)) to (?:us all|all|everyone|everybody"
    r"|both of us|the whole|the two of us)\b|\breply[- ]all\b"
    r"|\b(?:keep|leave|have) (?:us all|all of us|everyone|everybody|us both|both of us|all) (?:in copy|copied"
    r"|in the loop|on copy|(?:in|on) (?:the )?cc)\b"
)
_TO_FEW = re.compile(r"\b(?:not|n't|never|no need to|without|instead of|rather than|sorry for|accident\w*) .{0,20}$")


def _wants_all(text: str) -> bool:
    """Do they ask that the answer goes to everybody."""
    plain = rulebook.plain(text[:5_000])
    return any(_TO_FEW.search(plain[max(0, m.start() - 40) : m.start()]) is None for m in _TO_ALL.finditer(plain))


def dropped(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Greets several and goes to one, where the thread had more."""
    if not view.context.thread:
        return
    there = {each.email for each in view.draft.recipients}
    if view.draft.sender is not None:
        there.add(view.draft.sender.email)
    left_out = [each for each in view.context.thread[-1].everybody if each.email not in there]
    theirs = [each for each in left_out if view.cast.outside(each)]
    if theirs and there & {each.email for each in view.cast.before} and _wants_all(view.answering):
        yield Hit(detail=f" They asked for all; not on it: {_list(theirs)}.", instead=f"Add {_list(theirs)}.")
        return
    found = greeting.read(view.draft.new_text)
    if len(view.draft.recipients) != 1 or not found.names or not found.salute:
        return
    several = any(word.lower() in greeting.SEVERAL for name in found.names for word in name.split())
    named = [each for each in left_out if _is_one_of_greeted(each, found.names)] if len(found.names) > 1 else []
    if left_out and (several or named):
        yield Hit(detail=f" Not on it: {_list(named or left_out)}.", instead=f"Add {_list(named or left_out)}.")


def _is_one_of_greeted(mailbox: Mailbox, said: Iterable[str]) -> bool:
    return any(greeting.same_person(one, name) for one in said for name in names(mailbox))


_SHARED = re.compile(
    r"(?:^|[._+-])(?:all|lists?|groups?|team|everybody|everyone|users?|devel|dev|announce|discuss|staff|office|info|"
    r"members|committee|board)(?:[._+-].*)?@|@(?:lists?|groups?|googlegroups|mailman)\."
)
"""Addresses that several read: whoever got a message through one is none of its visible recipients."""


def from_bcc(rule: GuardRule, view: View) -> Iterator[Hit]:
    """The sender was no visible recipient of what is answered, and answers to more than its sender."""
    if not view.context.thread or view.draft.sender is None:
        return
    last = view.context.thread[-1]
    visible = {each.email for each in last.everybody}
    if last.sender is None or not last.to or any(not view.cast.outside(each) for each in last.everybody):
        return
    if last.listed or any(_SHARED.search(email) for email in visible):
        return
    if all(each.email != last.sender.email for each in view.draft.recipients):
        return  # no reply to all
    others = [each for each in view.draft.seen if each.email in visible and each.email != last.sender.email]
    if others:
        yield Hit(detail=f" {_list(others)} would learn of it.")


_IN_COPY = re.compile(
    r"\b(?:in copy|in cc|cc'?d|copied|copying|looping in|looped in|adding|added|bringing in|introduc\w+|meet)\b"
)


def new_domain(rule: GuardRule, view: View) -> Iterator[Hit]:
    """A recipient at a domain that the thread never had and nobody named; or one that looks like a client's."""
    strange: list[str] = []
    before = {each.domain for each in view.cast.before}
    known = {d.lower().lstrip("@") for client in view.context.clients for d in client.domains}
    thread_clients = {client.name for client in map(view.cast.client, view.cast.before) if client is not None}
    for each in view.cast.outsiders:
        client = view.cast.client(each)
        if each.domain in before or (client is not None and (client.name in thread_clients or not before)):
            continue
        twin = next((d for d in sorted(known | before) if _looks_like(each.domain, d)), "")
        twin = twin or next((d for d in sorted(known) if extends(each.domain, d)), "")
        if twin and client is None:
            yield Hit(detail=f"{each.domain}, which looks like {twin}.", instead=f"Did you mean {twin}?")
            return
        if before and not _announced(each, view):
            strange.append(each.email)
    if strange:
        yield Hit(detail=", ".join(strange[:3]) + ".")


def _looks_like(domain: str, known: str) -> bool:
    if domain == known or domain in FREE_MAIL or domain.endswith(f".{known}"):
        return False
    one, other = domain.split("."), known.split(".")
    if len(one) != len(other):
        return False
    return greeting.close(domain, known, most=2) and len(known.rpartition(".")[0]) > 4


def _announced(mailbox: Mailbox, view: View) -> bool:
    """Was this address named before, or does the draft itself say who is in copy."""
    thread = " ".join(each.text for each in view.context.thread).lower()
    if mailbox.email in thread or mailbox.domain in thread:
        return True
    if _IN_COPY.search(view.said) is None:
        return False
    words = {part for name in names(mailbox) for part in name.lower().split()} | {mailbox.domain.partition(".")[0]}
    return any(re.search(rf"\b{re.escape(word)}\b", view.said) for word in words if len(word) > 2)


_INTRODUCES = re.compile(
    r"\b(?:(?:may|let|can|shall) (?:i|me) (?:\w+ )?introduce you\b|introduc(?:e|ing) you (?:two|both|to each)"
    r"|introduce you to (?:one another|each other)"
    r"|(?:put|putting|bring|bringing) (?:the two of you|you (?:two|both|guys)|you) (?:in touch|together)"
    r"|(?:wish|want|keen|asked|agreed) to (?:meet|be introduced))\b"
)


def _introduces(view: View) -> bool:
    """Does the draft introduce people of the two clients to each other, and name one of each."""
    if _INTRODUCES.search(view.said) is None:
        return False
    seen: dict[str, bool] = {}
    for each in view.draft.seen:
        client = view.cast.client(each)
        if client is not None:
            named = any(_named(name.split()[0], view.own) for name in names(each) if name)
            seen[client.name] = seen.get(client.name, False) or named
    return all(seen.values())


def two_clients(rule: GuardRule, view: View) -> Iterator[Hit]:
    """People of two clients who see each other, and did not before."""
    found = {client.name for client in map(view.cast.client, view.draft.seen) if client is not None}
    known = {client.name for client in map(view.cast.client, view.cast.before) if client is not None}
    if len(found) > 1 and not found <= known and not _introduces(view):
        yield Hit(detail=" and ".join(sorted(found)) + ".")
