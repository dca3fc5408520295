"""What stands below a draft: messages that only people of the firm had, about to go outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from amends.judgement import leaks, rulebook
from amends.judgement.guard.hits import Hit
from amends.judgement.guard.people import within
from amends.judgement.guard.recipients import party

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_FROM = re.compile(r"^[>\s*]*(?:From|Von|De|Da|Van|Från|Fra|Od)\*?:", re.IGNORECASE)
_FIELD = re.compile(r"^[>\s*]*[A-ZÄÖÜÉ][\w -]{1,20}\*?:\s")
_WHO = re.compile(r"^[>\s*]*(?:To|Cc|An|À|A|Para|Aan|Kopie)\*?:", re.IGNORECASE)
_WROTE = re.compile(r"<?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}>?[^:\n]{0,60}:\s*$")
_MOST_READ = 200_000
"""Characters of a history that are read."""


class Block(NamedTuple):
    """A message in the history: who wrote it, who got it as far as the header says, its lines."""

    author: str
    readers: tuple[str, ...]
    told: bool
    text: str


def internal(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Yields once where a message below was written inside the firm, to people inside, and now goes outside."""
    if not view.cast.outsiders or not view.draft.below or not view.cast.own:
        return
    parts = [block for part in view.draft.below for block in blocks(part)]
    told = [block for block in parts if block.author and within(block.author.rpartition("@")[2], view.cast.own)]
    for block in told:
        if _inside(block, parts, view) and not _passed_on(block, view):
            yield Hit(detail=_says(block, view))
            return


def _inside(block: Block, parts: list[Block], view: View) -> bool:
    if block.told:
        return bool(block.readers) and all(within(one.rpartition("@")[2], view.cast.own) for one in block.readers)
    sender = view.draft.sender
    if sender is not None and block.author == sender.email:
        return False  # a message of one's own quoted below went to somebody; most often to this reader
    everywhere = {one for part in parts for one in (part.author, *part.readers) if one}
    outside = any(not within(one.rpartition("@")[2], view.cast.own) for one in everywhere)
    before = any(view.cast.outside(each) for each in view.cast.before)
    return not outside and not (before and _in_thread(block, view))


_PASS_ON = re.compile(
    r"\b(?:(?:please|do|can you|could you|you (?:can|may)|feel free to) (?:\w+ )?(?:pass|forward|send|share|hand|give)"
    r"(?: (?:it|this|these|that|them|the \w+))?(?: (?:on|along|over))?\b"
    r"|(?:ok|fine|happy|free|good) (?:for you )?to (?:share|forward|pass on|send on)\b)"
)
_KEEP = re.compile(
    r"\b(?:internal(?:ly)?|between us|confidential\w*|don't|do not|not|never|n't"
    r"|before (?:we|you) (?:send|share|pass))\b"
)


def _passed_on(block: Block, view: View) -> bool:
    """Was it written to be passed on, and does nothing in it speak against that."""
    plain = rulebook.plain(block.text)
    if _PASS_ON.search(plain) is None or _KEEP.search(plain) is not None:
        return False
    return not leaks.find_leaks("", to_client=party(view), colleagues=view.cast.colleagues, history=(block.text,))


def _in_thread(block: Block, view: View) -> bool:
    said = " ".join(block.text.split())
    return any(said and said[:60] in " ".join(each.text.split()) for each in view.context.thread)


def _says(block: Block, view: View) -> str:
    """From whom it is, and the words in it that would hurt."""
    found = leaks.find_leaks("", to_client=party(view), colleagues=view.cast.colleagues, history=(block.text,))
    hurts = f", and in it: “{found[0].quote}”" if found else ""
    return f"{block.author}{hurts}."


def blocks(below: str) -> Iterator[Block]:
    """The messages of a quoted or forwarded part, from the top."""
    author, told, in_header = "", False, False
    readers: list[str] = []
    body: list[str] = []
    for line in below[:_MOST_READ].split("\n"):
        starts = _FROM.match(line) is not None and not in_header
        wrote = len(line) < 300 and _WROTE.search(line) is not None
        if (starts or wrote) and not (in_header and not starts):
            if author:
                yield Block(author, tuple(readers), told, "\n".join(body))
            found = _ADDRESS.search(line[:300])
            author = found[0].lower() if found else ""
            readers, told, body, in_header = [], starts, [], starts
            continue
        if in_header and _FIELD.match(line):
            if _WHO.match(line):
                readers += [one.lower() for one in _ADDRESS.findall(line[:5_000])]
            continue
        in_header = False
        body.append(line.lstrip("> "))
    if author:
        yield Block(author, tuple(readers), told, "\n".join(body))
