"""Promises without a day. What is asked for first, offered to whoever needs it, hoped, or told of how something works
is no promise that a client waits for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amends.judgement import due, rulebook
from amends.judgement.corrections import SAME, alike
from amends.judgement.guard.hits import Hit
from amends.judgement.promises import find_promises

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

_NO_DAY = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""For drafts without a date: only whether a day is named matters."""
_SOME = 3

_WHEN = r"(?:on|by|at|from|until|this|next|tomorrow|tonight|today|in)\b"
COMES = re.compile(
    r"\b(?:will|'ll|shall|going to|can|could|let's|let us|plan to|propose|suggest|expect|aim|hope to"
    r"|next (?:step|one)|new date)\b|\b(?:is|are) (?:\w+ ){0,4}?(?:on|at|by|for) "
    r"|\b(?:is|are|am|'m|'re|'s) \w+ing\b|\b(?:we|i|he|she|they) (?!have\b|had\b|was\b|were\b|did\b"
    r"|know\b|am\b|are\b|is\b)"
    rf"(?!\w+ed\b)\w+ (?:\w+ ){{0,6}}?{_WHEN}|\b[a-z]{{3,}}s (?:you |them |it |us )?{_WHEN}"
    rf"|\byou (?:have|get|receive|hear) (?:\w+ ){{0,5}}?{_WHEN}"
)


_VAGUE = re.compile(
    r"\b(?:(?<!as )soon(?:est)?(?! as)|shortly|asap|a\.s\.a\.p|as soon as (?:possible|we can|i can)"
    r"|in due (?:course|time)|at some point|"
    r"eventually|in the near future|when (?:we|i) (?:can(?! (?:get together|meet|talk|speak)\b)|get (?:a"
    r"|the) chance|have time|find the time)|"
    r"as (?:quickly|fast|early) as|at the earliest|as a priority|when(?:ever)? possible|sometime|some time|one day|"
    r"(?:once|when|as soon as) (?:i|we) (?:know|have|hear|can|get|find)(?: \w+)? (?:more|anything|any news|news"
    r"|something|an answer|a moment|time)|"
    r"in the coming (?:days|weeks)|over the next (?:few )?(?:days|weeks)|in a (?:bit|while))\b"
)
_CLOSE = re.compile(
    r"\b(?:now|right away|straight ?away|immediately|at once|today|tonight|tomorrow|this (?:morning|afternoon"
    r"|evening|week|"
    r"minute|instant)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|by (?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day|within|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|by (?:noon|midday|the end|close|end|lunch|\d|one|two"
    r"|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|next (?:week"
    r"|month|invoice|"
    r"bill|visit|delivery|meeting|call|newsletter|issue|release)|\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}[:.]\d\d|"
    r"at (?:noon|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|in (?:an hour|\w+ (?:hours?"
    r"|minutes?|"
    r"days?|weeks?)|january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december) \d|\d{4}-\d\d|"
    r"when(?:ever)? (?:you|your|she|he|they|it)|once (?!more|again)|as soon as (?:you|your|it|he|she|they"
    r"|the|mina|our)"
    r"|after (?:you|your|"
    r"the|that|it)|if (?:you|your|it|there|that|anything|something|this|the|we)|before (?:the|you|your|it|we"
    r"|they)|until|"
    r"unless|every|each|always|never|in future|in the future|from now|henceforth|from (?:\w+ )?(?:today"
    r"|monday|january) on|(?:for|at) (?:the|your) (?:\w+ )?(?:january|february|march|april|may|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|winter|next) \w+|going forward"
    r"|as usual|whenever"
    r"|until then|during|later (?:in the day|today|this (?:morning|afternoon|evening|week))|after lunch"
    r"|in (?:another|a separate|a second|a follow-?up|my next) (?:\w+ )?(?:e-?mail|message|mail)"
    r"|(?:once|twice|times) (?:a|per) (?:day|week|month)|when (?:\(and if\) )?i (?:hear|get (?:back|off|in|home))"
    r"|soon as (?:you|your|it|he|she|they)|as i (?:confirm|get|hear)|while (?:you|he|she|they|we)\b|"
    r"meanwhile|first thing|over lunch|at the (?:meeting|hall|call|weekend)|when we (?:meet|speak|talk))\b"
)
_PLEDGE = re.compile(
    r"\b(?:(?:we|i)(?:'re| are|'m| am) (?:now |currently |also )?(?:planning|hoping|intending|aiming|looking) to|"
    r"(?:we|i) (?:intend|plan|hope|aim) to|"
    r"(?:someone|somebody|one of (?:us|our \w+)|a colleague|a member|our \w+ team|the \w+ team|(?:will"
    r"|'ll) be)(?: \w+){0,3}? (?:will|'ll))"
    r" (?:then |also )?(?:send|fix|correct|replace|repair|deliver|issue|provide|call|contact|get back|look into"
    r"|be in touch|"
    r"follow up|resolve|refund|update|review|reply|respond|ring|reach out)[^.!?\n]{0,80}"
)
_COURTESY = re.compile(
    r"\b(?:keep you (?:posted|informed|updated|in the loop|up to date)|look(?:ing)? forward|be (?:happy|glad"
    r"|pleased|delighted|"
    r"there|in touch if|available|here|your|on site|able)|let you (?:know if|go|decide|have a think)"
    r"|take (?:care of yourself|it|"
    r"note|that on board)|bear (?:that|it) in mind|remember|make sure|leave everything|ensure|try|do (?:my"
    r"|our) best|see you|hope|pass (?:it|that|"
    r"this) on|miss|stay|remain|continue|keep|need|find|see|have to|want|not|never|cost|cover|include|charge|invoice|"
    r"assume|treat|consider|say|add that|be honest|admit|leave (?:it|that|you)|wait|support you|help(?: you)?[.!]|"
    r"not be|stand by|respect|noted|on (?:me|us)\b|follow|go with|use|take the|be (?:the|a|at|in|with"
    r"|more|careful|your|sending))\b"
)


_INVITES = re.compile(
    r"(?:^\W*(?:[\w']+[,!:] |[\w']+ [\w']+, )?(?:just |simply |so |then )?|\b(?:please|kindly) (?:just |still |do )?"
    r"|\bfeel free to |\byou (?:can|may|could|might) (?:also |always |just )?|\bwhy don't you (?:just )?)"
    r"(?:submit|send|e-?mail|mail|call|ring|phone|contact|open|raise|log|file|fill|complete|dm|message"
    r"|text|reply|answer|"
    r"let (?:us|me) know|tell|give|provide|share|pick|choose|name|drop|write|post|upload|forward|visit"
    r"|get in touch|reach"
    r"|confirm|sign|return|bring|ask|use|try|click|go to)\b.*?\b(?:and|so|so that|then|where)\b.{0,40}?"
    r"\b(?:we|i|he|she|they|someone|somebody|my \w+|our (?:\w+ )?\w+)(?:'ll| will| can| shall)\b"
)
"""Who asks for something and says what comes then waits for it: "send it here and we will help"."""
_STANDING = re.compile(
    r"(?<!check )(?<!see )(?<!know )(?<!ask )(?<!out )\b(?:if|whenever|in case|should|once"
    r"|as soon as) (?:at any time )?"
    r"(?:you|your \w+|anyone|anybody|anything|there (?:is|are|\w+ be)|any \w+)\b"
    r"(?! (?:were|was|had|have been|did|didn't|weren't))"
)
"""What holds for whenever something comes up is an offer."""
_HOPES = re.compile(
    r"\bfingers crossed\b|\blooking forward\b|\bhopefully\b|\b(?:i|we) (?:do |really "
    r"|very much )?hope (?:that )?(?:we|i|you|he|she|they"
    r"|to (?:see|meet|hear|be))\b|\b(?:i|we)(?:'d| would) (?:like|love|prefer) to\b|\b(?:i|we) (?:want|wish) to\b"
    r"|\bwith (?:any|some|a (?:bit|little) of) luck\b"
)
_TELLS_HOW = re.compile(
    r"\b(?:will|'ll|shall) (?:then |also |only )?be (?:addressed|covered|discussed|dealt with|described"
    r"|assigned|moved|used"
    r"|shown|treated|listed|named) (?:under|in|by|to|into|with|as|at)\b"
    r"|\byou(?:'ll| will) (?:\w+ )?(?:have (?:more|access|the (?:option|choice))|save|find|notice|enjoy)\b"
    r"|\b(?:will|going to) (?:let|allow|enable|help) you\b|\b(?:will|going to) pay (?:us|me)\b"
)
"""How something works, or what others will do."""
_IS_THERE = re.compile(
    r"(?:will|'ll|shall|going to|let me) (?:\w+ )?(?:attend|join|meet|defer|refrain|sum (?:this|it"
    r"|that)|await|save the"
    r"|be (?:driving|meeting|joining|attending)|communicate|treat|take (?:you|him|her|them|responsib\w+"
    r"|those|your)|make it (?:explicit|clear|short"
    r"|brief)|put you|get (?:both )?you (?!the |a |an |your )|give (?:him|her|them)|have to)\b"
)
"""To be there, or to leave something alone, is no deed that anybody waits for."""
_AFTER_A_DATE = re.compile(
    r"\bafter (?:the )?(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\d{1,2}(?:st|nd|rd|th)?\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
)
_MODAL = re.compile(r"\b(?:will|shall|going to|let me)\b|'ll\b")
_THEIRS = re.compile(r"\b(?:they|it|which|that)\s*$")
_ASKS_FOR = re.compile(
    r"\b(?:could|can|would|will) you (?:please |also |kindly )*(?:send|share|give|provide|tell|dm|let"
    r"|confirm|post|check|try)"
    r"|^\W*(?:please |kindly )(?:\w+ )?(?:send|share|give|provide|tell|dm|let|confirm|post|check|try)\b"
)


def _waits_for_nobody(place: int, start: int, view: View) -> bool:
    """Is this no promise that somebody waits for: an invitation, a standing offer, a hope, how something works."""
    plain = rulebook.plain(view.sentences[place].text)
    if any(pattern.search(plain) for pattern in (_INVITES, _STANDING, _HOPES, _TELLS_HOW)):
        return True
    modal = _MODAL.search(plain, max(0, start - view.sentences[place].start))
    if modal is not None and (_IS_THERE.match(plain, modal.start()) or _THEIRS.search(plain[: modal.start()])):
        return True
    before = rulebook.plain(view.sentences[place - 1].text).strip() if place else ""
    return len(plain.split()) <= _BRIEF and _VAGUE.search(plain) is None and _ASKS_FOR.search(before) is not None


_BRIEF = 6


def undated(rule: GuardRule, view: View) -> Iterator[Hit]:
    """A promise of something to be done, and no day for it in its sentence, the next one, or at the end."""
    if not view.cast.leaves or view.language != "en":
        return
    pledges = [(match.start(), match[0]) for match in _PLEDGE.finditer(view.said)]
    promises = pledges + [
        (each.start, each.quote)
        for each in find_promises(view.own, writer="firm")
        if each.by == "firm"
        and each.p >= 0.6
        and each.rule != "present-for-future"
        and not each.negative
        and (not each.open_until or _VAGUE.search(each.open_until))
    ]
    for start, quote in sorted(promises):
        place = next((n for n, each in enumerate(view.sentences) if each.start <= start < each.end), None)
        if place is None or _waits_for_nobody(place, start, view):
            continue
        around = [rulebook.plain(each.text) for each in view.sentences[place : place + 2]]
        said = rulebook.plain(quote)
        if (_COURTESY.search(said) and not _VAGUE.search(around[0])) or _dated_before(quote, view):
            continue
        if _VAGUE.search(around[0]) and not names_day(around[0], view):
            if _AFTER_A_DATE.search(around[0]) or any(names_day(each, view) for each in around):
                continue
            yield Hit(view.sentences[place].start, view.sentences[place].end)
            return
        if any(_CLOSE.search(each) or names_day(each, view) for each in around) or _day_for_all(view, place):
            continue
        pledge = Hit(view.sentences[place].start, view.sentences[place].end)
        if _holds(view, pledge, "promise"):
            yield pledge
            return


def left_open(place: int, view: View) -> bool:
    """Does a sentence that promises leave open when: neither it nor the next names a day, and somebody waits for it."""
    around = [rulebook.plain(each.text) for each in view.sentences[place : place + 2]]
    dated = any(_CLOSE.search(each) or names_day(each, view) for each in around)
    return not dated and not _waits_for_nobody(place, view.sentences[place].start, view)


def says_when(view: View) -> str:
    """The first sentence that says what the firm does, or what comes, by a day or an hour; empty where none does."""
    promised = [
        each.start for each in find_promises(view.own, writer="firm") if each.by == "firm" and not each.negative
    ]
    for sentence in view.sentences:
        plain = rulebook.plain(sentence.text)
        does = any(sentence.start <= start < sentence.end for start in promised) or COMES.search(plain)
        if does and not plain.endswith("?") and names_day(plain, view):
            return view.draft.new_text[sentence.start : sentence.end].strip()
    return ""


def _dated_before(quote: str, view: View) -> bool:
    """Is this a promise that stands in the firm's books with a day."""
    return any(each.due is not None and alike(quote, each.text) >= SAME for each in view.context.promises)


def _day_for_all(view: View, place: int) -> bool:
    """Does another sentence of the draft name a day to come: then the writer does not leave it open."""
    others = [rulebook.plain(each.text) for n, each in enumerate(view.sentences) if n != place]
    return any(
        (re.search(r"\b(?:you'll|you will|it'll|by|done|ready|both|all|will)\b", each) or COMES.search(each))
        and names_day(each, view)
        for each in others
    )


def names_day(plain: str, view: View) -> bool:
    if not any(char.isdigit() for char in plain) and _DAYWORD.search(plain) is None:
        return False
    at = view.draft.at if view.draft.at is not None and view.draft.at.tzinfo is not None else _NO_DAY
    found = due.due(plain, at=at)
    return found is not None and found.at is not None


_DAYWORD = re.compile(
    r"day|week|month|morning|evening|noon|night|tomorrow|hour|minute|today|year|quarter|easter|christmas"
    r"|january|february|"
    r"march|april|may|june|july|august|september|october|november|december"
)


def _holds(view: View, hit: Hit, output: str) -> bool:
    """Does the encoder, where it may still read, not speak against this sentence doing this.

    In a draft of a sentence or two it has too little to go by.
    """
    if view.heard is None or hit.start not in view.heard.places or len(view.sentences) < _SOME:
        return True
    place = view.heard.places[hit.start]
    view.look([place])
    return not view.heard.doubts(place, output)
