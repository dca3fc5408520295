"""Gaps that a template left: "Dear [Name]", "{{first_name}}", "XX.XX.".

Code, markup, settings and logs are full of the same signs, so that lines of them are told apart first; so is a gap
that is talked about, and one in a text that is quoted.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.judgement.guard import rulefiles
from amends.judgement.guard.hits import Hit
from amends.judgement.guard.view import MOST_READ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

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
_LABELS = (
    r"INFO|ERROR|WARN(?:ING)?|DEBUG|TRACE|FATAL|VOTE|RESULT|PATCH|ANN(?:OUNCE)?|URGENT|IMPORTANT|EXTERNAL|SPAM"
    r"|REDACTED|LINK|QUOTE|NOTE|UPDATE|CONFIDENTIAL|BUG|FIX|CANCELLED|DISCUSS|FYI|RESOLVED|SOLVED|NEW|RFC|SNIP"
)
"""Words in brackets that mark a line, a subject or something left out."""
_GAPS = re.compile(
    rf"(?<![\w\])])\[(?!sic\]|\.\.\.\]|…\]|(?:{_LABELS})\])"
    r"(?:(?i:insert|enter|add|fill|put|todo|tbd|tbc|placeholder|your|name of)\b[^\]\n]{0,60}"
    rf"|(?i:{_FIELD})|[A-Z][A-Z _-]{{2,40}}|_+|\s*|\?+|x{{2,}}|X+)\](?!\()"
    r"|\{\{[ \t]*[#^/]?[A-Za-z_][^{}\n]{0,60}\}\}|\$\{[A-Za-z_][\w. -]{0,60}\}|\{%[^%\n]{1,60}%\}"
    rf"|\{{(?i:{_FIELD}|\w*name|\w+_\w+)\}}"
    rf"|<<[^<>\n]{{1,40}}>>|<(?i:(?:insert|enter|add|fill in|your)\b[^<>\n@]{{0,40}}|{_FIELD})>|«(?i:{_FIELD})»"
    r"|%%?(?!(?:PATH|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME|TE?MP|HOME|SYSTEMROOT|WINDIR|PROGRAMFILES)%)"
    r"[A-Z][A-Z_]{2,30}%%?|\*\|[A-Z_]{2,30}\|\*|##[A-Z_]{3,30}##|\bMERGE_?FIELD\b"
    r"|(?<![\w-])X{3,}(?![\w-])|\b[xX]{2}[./:-][xX]{2}(?:[./-][xX]{2,4})?\b"
    r"|(?<![\w.,])[€$£][ \t]?[xX]{2,}(?:[.,][xX]{2,3})*(?!\w)|(?<![\w.,])[xX]{1,3},[xX]{3}(?!\w)"
    r"|(?:(?<=the\s)|(?<=at\s)|(?<=on\s)|(?<=by\s)|(?<=for\s)|(?<=of\s)|(?<=in\s))TBC\b(?![ \t][a-z])"
    r"|\bT\.?B\.?D\b\.?|\bTODO\b(?:[: ][^)\n.]{0,30})?|\bFIXME\b|(?i:\blorem ipsum\b[^.\n]{0,60})"
    r"|(?<=[^\s_-])[ \t]+_{3,}(?=[ \t]*[\w.,;:]|[ \t]*$)|(?<=[ \t(:])\?{3,}(?=[\s).,])"
    r"|(?m:^(?:(?i:hi|hello|hey)[ ]+|(?i:dear)[ ]*),[ ]*$)|(?i:^(?:hi|hello|dear|hey) ,)|(?i:\bdear (?:mr|mrs|ms|herr"
    r"|frau)\.?/(?:mr|mrs|ms|frau|herr)\b)"
    r"|(?i:\b(?:firstname|first_name|lastname|last_name|companyname|company_name|clientname|client_name)\b)"
)
_MAYBE_MEANT = re.compile(r"\W*(?:T\.?B\.?[DC]\b|TODO\b|FIXME\b|\?+|_+|\]?$)")
"""Gaps that may be meant: "the room is TBD", a line to write on."""
_BOX = re.compile(r"^[ \t]*(?:[-*•][ \t]*)?\[[ xX]?\](?![(\w])")
"""A box to tick at the beginning of a line."""


@cache
def _gaps() -> re.Pattern[str]:
    """Gaps of templates, and those that the rules' own suggestions leave to the writer."""
    own = {gap for rule in rulefiles.load().values() for gap in re.findall(r"\[[^\]\n]+\]", rule.suggestion)}
    return re.compile("|".join([_GAPS.pattern, *map(re.escape, sorted(own))]))


_CODE = re.compile(r"`[^`\n]*`|```.*?```", re.DOTALL)
_CODE_LINE = re.compile(
    r"[;{}][ \t]*$|^[ \t]*[\w.$-]+[ \t]*[:+]?=[ \t]*\S|^[ \t]*(?:\$|//|/\*|\*/|<!--|#!|--)[ \t]*\S"
    r"|</[A-Za-z][\w:-]*[ \t]*>|<[A-Za-z][\w:-]*(?:[ \t]+[\w:-]+=[\"'\w]|[ \t]*/>)"
    r"|(?i:<!?(?:div|span|p|br|td|tr|th|table|ul|ol|li|a|img|html|head|body|script|style|h[1-6]|form|input|section"
    r"|meta|virtualhost|doctype|label|button|nav|footer|header)\b[^<>\n]{0,200}>)"
    r"|\b\w+\([^()\n]{0,80}\)[ \t]*(?:\{|=>|->|\.\w)|\w::\w|\w->\w|[ \t]=>[ \t]|[ \t]&&[ \t]|[ \t]\|\|[ \t]"
    r"|^[ \t]*\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\b|^[ \t]*\[(?:INFO|ERROR|WARN(?:ING)?|DEBUG)\]"
    r"|^[ \t]*(?:def|function)[ \t]+\w*\(|^[ \t]*(?:import \w|(?:var|let|const|export) \w+[ \t]*=|@\w+\()"
    r"|^[ \t]*(?:sudo|curl|git|npm|pip|docker|kubectl|apt|mvn|make) [\w./$-]+"
    r"|[\w/\\.=:@-](?<![\d\w]:)\$\{\w[\w. -]*\}|\$\{\w[\w. -]*\}[/\\=:@_-]|\$\{\w[\w. -]*\}\.\w"
    r"|(?<=[/\\=.@])<[\w -]+>|<[\w -]+>(?=[/\\=@]|\.\w)",
)
"""A line that a program reads or writes."""
_PROSE_LINE = re.compile(
    r"^[ \t]*(?i:dear|hi|hello|hey|good (?:morning|afternoon|evening))\b|(?:\b[A-Za-z']{1,30},? ){5}"
)


def _code_lines(text: str) -> list[tuple[int, int]]:
    """Where lines of code stand; beside one in its paragraph, lines that are no prose are code as well."""
    found: list[tuple[int, int]] = []
    paragraph: list[tuple[int, str]] = []
    start = 0
    for line in (*text.split("\n"), ""):
        if line.strip():
            paragraph.append((start, line))
        else:
            found += _code_among(paragraph)
            paragraph = []
        start += len(line) + 1
    return found


def _code_among(paragraph: list[tuple[int, str]]) -> list[tuple[int, int]]:
    code = [_CODE_LINE.search(line) is not None for _, line in paragraph]
    return [
        (start, start + len(line))
        for (start, line), sure in zip(paragraph, code, strict=True)
        if sure or (any(code) and _PROSE_LINE.search(line) is None)
    ]


_SHOWN = re.compile(
    r"\b(?:tags?|placeholders?|place-?holders?|merge|fields?|curly|brackets?|braces?|variables?|tokens?"
    r"|short-?codes?|template"
    r"|filler|dummy|blind text|mail-?merge|snippet|syntax|swaps?|gets? replaced|is replaced|fills? (?:it "
    r"|this |that )?in by itself"
    r"|stays? (?:exactly )?as|meant to (?:be (?:like that|so|there)|say so|stay))\b",
    re.IGNORECASE,
)
_LIKE_IT = re.compile(
    r"\b(?:the )?same (?:for|with|goes|holds|applies)|\blikewise\b|\b(?:that|this) goes for\b|\bas (?:does|is)\b",
    re.IGNORECASE,
)
_TALKED_ABOUT = re.compile(
    r"(?:\b(?:the|this|that|these|some|any|our|in|of|with|by|about|mind|for|and|says?|saying|reads?|reading|called|marked|labelled)|[\"'“‘«(])\s*$",
    re.IGNORECASE,
)


_MOST_GAPS = 50
"""So many are looked at, those that are talked about among them."""


def placeholder(rule: GuardRule, view: View) -> Iterator[Hit]:
    """Gaps that a template left, but in code; those that may be meant only warn."""
    text = _CODE.sub(lambda match: " " * len(match[0]), view.draft.new_text[:MOST_READ])
    gaps = list(islice(_gaps().finditer(text), _MOST_GAPS))
    code = _code_lines(text) if gaps else []
    for match in gaps:
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        gap = text[at : match.end()]
        if any(low <= at < high for low, high in code) or _ticks(text, at) or _is_quoted(at, gap, view):
            continue
        if _is_shown(at, view):
            continue
        meant = _MAYBE_MEANT.match(gap) is not None and "ipsum" not in gap.lower()
        yield Hit(at, match.end(), detail=f" Here: {gap.strip()}.", severity="warn" if meant else None)


def _ticks(text: str, at: int) -> bool:
    line = text.rfind("\n", 0, at) + 1
    return _BOX.match(text[line : at + 5]) is not None


def _is_quoted(at: int, gap: str, view: View) -> bool:
    """Does it stand among other words in quotation marks: a text that is shown."""
    if view.own[at : at + 1] != "·":
        return False
    low = view.own.rfind('"', 0, at)
    high = view.own.find('"', at)
    around = view.flat[low + 1 : at] + view.flat[at + len(gap) : high]
    return low >= 0 and high >= 0 and re.search(r"\w", around) is not None


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
