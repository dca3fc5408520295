"""Lines that open a quoted message: attributions, blocks of header fields, markers of mail programs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from amends.mail.parsing import patterns

MAX_ATTRIBUTION = 500  # characters of an attribution joined from up to four lines
FRAME = " \t-_=*#\u2010\u2011\u2012\u2013\u2014\u2015\u2500~<>[]|:.\u00b7"

_FIRST = frozenset("-_=*#\u2010\u2014~O")  # a marker line may begin with these; O as in "Original"
_ATTRIBUTION_LAST = frozenset(":：-—*")
_LAST = _ATTRIBUTION_LAST | {"_"}

_FRAMED_FIRST = _FIRST - {"O"} | {"<", "["}
_FRAMED_LAST = frozenset(":-_=*")
_MARKERS = dict.fromkeys(patterns.ORIGINAL, "quote") | dict.fromkeys(patterns.FORWARDED, "forward")
_MARKER_STARTS = tuple(patterns.MARKER_STARTS)
_ROLES = {name: role for role, names in reversed(patterns.FIELDS.items()) for name in names}
_WORD = re.compile(r"[^\W\d]+")
_VERB_WORDS = frozenset(patterns.VERBS)
_VERB_PARTS = tuple(patterns.VERBS_UNSPACED)
_VERBS = (*patterns.VERBS, *patterns.VERBS_UNSPACED)
_ASCII_VERBS = tuple(verb for verb in _VERBS if verb.isascii())
_STARTS = tuple(start + after for start in patterns.STARTS for after in (" ", "\u00a0", ","))
_BEFORE_START = " \t*_-\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
_DAY = (
    "mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|mie|jue|vie|sáb|sab|dom|gio|"
    "ma|wo|vr|za|zo|mån|tis|ons|tor|tors|fre|lör|sön|lør|søn|man|tir|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|so|ne|пн|вт|ср|чт|пт|сб|вс|"
    "seg|ter|qua|qui|sex|ma|ti|ke|to|pe|la|su"
)
_DATED = re.compile(
    r"[\s*_\[(\u200e-]*(?:(?:"
    + _DAY
    + r")[a-zäöåéáłńп-я]{0,8}[.,]{0,2}\s+(?:\d|den|le)|\d{4}[-/.年]|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|"
    r"\d{1,2}\.?(?:\s+de)?\s+[^\W\d]{3,10}\.?,?(?:\s+de)?\s+\d{2,4}|"
    r"[^\W\d]{3,9}\.?\s+\d{1,2},?\s+\d{4})"
)
_TIME = re.compile(r"\d{1,2}\s?[:.h時点시]\s?\d{2}")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_EMAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_ANGLE_END = re.compile(r"[<(\[][^<>@\s]*@[^<>\s]+[>)\]]\s*[:：]?\Z")
_NAME_WROTE = re.compile(
    r"[-\s]*[\"“'*]?[^\W\d][^:<>]{0,60}?(?:\s*[<(][^<>()]*[>)])?[\"”'*]?\s+"
    r"(?:wrote|writes|said|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(a\)|пишет)\s*[-:：\s]*\Z"
)


@dataclass(frozen=True, slots=True)
class Opener:
    """An opener whose lines end at `last`; with `to_end`, everything below it is quoted as well."""

    last: int
    kind: str  # "quote" or "forward"
    to_end: bool = False


def find(stripped: list[str], quoted: list[bool], *, forwarded: bool = False) -> dict[int, Opener]:
    """Every opener among the unquoted lines, by its first line."""
    out: dict[int, Opener] = {}
    roles: dict[int, str] = {}
    candidates = [
        number
        for number, line in enumerate(stripped)
        if line and not quoted[number] and (":" in line[:28] or line[-1] in _LAST or line[0] in _FIRST)
    ]
    for number in candidates:
        line = stripped[number]
        kind = _marker(line)
        if kind:
            out[number] = Opener(number, kind, to_end=not _quoted_next(number, stripped, quoted))
            if out[number].to_end:
                break  # all that follows is quoted
            continue
        if line[-1] in _ATTRIBUTION_LAST and _attribute(number, stripped, quoted, out):
            break
        colon = max(line.find(":", 0, 28), line.find("：", 0, 12))
        if colon > 0:
            role = _ROLES.get(line[:colon].strip("*_ \u00a0\u200e\u200f|").lower())
            if role:
                roles[number] = role
    if True in quoted:
        _before_quotes(stripped, quoted, out)
    if "from" in roles.values():
        _header_blocks(stripped, quoted, roles, out, forwarded=forwarded)
    return out


def _marker(line: str) -> str:
    """The kind of message that a marker line opens, or ""."""
    framed = line[0] in _FRAMED_FIRST or line[-1] in _FRAMED_LAST
    if len(line) > 160 or not (framed or line.startswith("Original")):
        return ""
    bare = line.strip(FRAME).lower()
    kind = _MARKERS.get(bare)
    if kind:
        return kind if len(bare) > 8 or len(line) - len(bare) >= 4 else ""
    if not bare.startswith(_MARKER_STARTS):
        return ""
    for start, what in patterns.MARKER_STARTS.items():
        if bare.startswith(start) and (line[0] in "-_=*" or start.startswith("original")):
            return what
    return ""


def _attribute(number: int, stripped: list[str], quoted: list[bool], out: dict[int, Opener]) -> bool:
    """See whether the line ends an attribution that began up to three lines above; True if all below is quoted."""
    line = stripped[number]
    if len(line) > MAX_ATTRIBUTION:
        return False
    block = " ".join(stripped[max(0, number - 3) : number + 1])
    follows = _quoted_next(number, stripped, quoted)
    if not follows and line[-1] != "-" and not _DIGIT.search(block):
        return False  # neither a quoted line below nor a date
    block = block.lower()
    verbs = _ASCII_VERBS if block.isascii() else _VERBS
    if "@" not in block and not any(map(block.__contains__, verbs)):
        return False
    joined = ""
    weak: int | None = None
    for first in range(number, max(-1, number - 4), -1):
        part = stripped[first]
        if not part or quoted[first] or first in out or len(joined) + len(part) > MAX_ATTRIBUTION:
            break
        joined = _join(part, joined)
        strength = _strength(joined, follows=follows)
        if strength == 2:
            ends = not follows and number + 1 < len(stripped)
            out[first] = Opener(number, "quote", to_end=ends)
            return ends
        if strength == 1 and weak is None:
            weak = first
    if weak is not None and follows:
        out[weak] = Opener(number, "quote")
    return False


def has_verb(text: str) -> bool:
    """Whether a verb of attribution stands in `text` as a word, in any of the languages."""
    low = text.lower()
    if not _VERB_WORDS.isdisjoint(_WORD.findall(low)):
        return True
    return not low.isascii() and any(part in low for part in _VERB_PARTS)


def _join(first: str, rest: str) -> str:
    if not rest:
        return first
    return first[:-1] + rest if first[-1] == "=" else f"{first} {rest}"


def _strength(joined: str, *, follows: bool) -> int:
    """2: surely an attribution; 1: one if a quoted line follows; 0: none."""
    verb = has_verb(joined)
    email = "@" in joined and _EMAIL.search(joined) is not None
    if not verb and not email:
        return 0
    low = joined.lower()
    opened = low.lstrip(_BEFORE_START).startswith(_STARTS)
    dated = _DATED.match(low) is not None
    exact = _TIME.search(joined) is not None or _YEAR.search(joined) is not None
    ends = joined[-1] in ":：-—*"
    if verb and ends:
        if exact and (opened or dated or (email and joined[-1] == "：")):
            return 2
        if opened and email and any(c.isdigit() for c in joined.partition("@")[0]):
            return 2
        if joined[0] == "-" and joined[-1] == "-" and len(joined) < 160:
            return 2
        return 1 if follows and (email or dated or _NAME_WROTE.match(low)) else 0
    if dated and email and _ANGLE_END.search(joined):
        return 2 if exact and joined[-1] in ":：" else 1
    if email and follows and joined[-1] in ":：" and (opened or dated or exact or joined[0] == "*"):
        return 1  # an introduction without a verb that we know
    return 1 if verb and (opened or dated) and exact else 0


def _before_quotes(stripped: list[str], quoted: list[bool], out: dict[int, Opener]) -> None:
    """Attributions without a colon, known by the quoted line below them."""
    last = -1
    for number, line in enumerate(stripped):
        if quoted[number]:
            if last >= 0 and not quoted[last] and stripped[last][-1] not in _ATTRIBUTION_LAST:
                _attribute(last, stripped, quoted, out)
            last = number
        elif line:
            last = number


def _quoted_next(number: int, stripped: list[str], quoted: list[bool]) -> bool:
    for after in range(number + 1, min(number + 8, len(stripped))):
        if stripped[after]:
            return quoted[after]
    return False


def _header_blocks(
    stripped: list[str], quoted: list[bool], roles: dict[int, str], out: dict[int, Opener], *, forwarded: bool
) -> None:
    """Blocks of From, Sent, To, Subject as Outlook and many others write them, in any order of fields."""
    done = -1
    for number, role in roles.items():
        if number <= done or role in ("cc", "other"):
            continue
        last, seen = _block(number, stripped, quoted, roles)
        if not _is_block(seen, "\n".join(stripped[number : last + 1])[:4000]):
            continue
        done = last
        first = number
        above = _above(number, stripped)
        ruled = above >= 0 and len(stripped[above]) > 4 and not stripped[above].strip("_")
        if ruled:
            first = above
        top = _above(first, stripped) < 0
        kind = "forward" if forwarded and top else "quote"
        to_end = (not top or ruled or forwarded) and not _quoted_next(last, stripped, quoted)
        out[first] = Opener(last, kind, to_end=to_end)
        if to_end:
            return


def _block(number: int, stripped: list[str], quoted: list[bool], roles: dict[int, str]) -> tuple[int, set[str]]:
    """The last line of the block that begins at `number`, and which fields it has; long fields may be folded."""
    seen = {roles[number]}
    last = at = number
    folded = blank = 0
    while at + 1 < len(stripped) and at - number < 40:
        at += 1
        if at in roles and not quoted[at]:
            if roles[at] in seen and roles[at] == "from":
                break
            seen.add(roles[at])
            last, folded, blank = at, 0, 0
        elif not stripped[at]:
            blank += 1
            if blank > 1:
                break
        else:
            folded += 1
            if blank or folded > 6 or quoted[at]:
                break
    return last if folded == 0 or blank else _folded_end(last, stripped, roles), seen


def _folded_end(last: int, stripped: list[str], roles: dict[int, str]) -> int:
    """A last field that is folded: the lines up to the next blank one, when the field holds addresses."""
    at = last + 1
    while at < len(stripped) and stripped[at] and at - last < 6:
        at += 1
    joined = " ".join(stripped[last + 1 : at])
    return at - 1 if roles[last] in ("to", "cc") and "@" in joined and ";" in joined else last


def _is_block(seen: set[str], text: str) -> bool:
    if "from" not in seen or len(seen) < 2:
        return False
    told = len(seen & {"date", "to", "subject"})
    if told >= 2 and ("subject" in seen or "@" in text):
        return True
    return bool(told) and bool(seen & {"date", "subject"}) and _EMAIL.search(text) is not None


def _above(number: int, stripped: list[str]) -> int:
    """The nearest line above that is not blank, or -1."""
    for at in range(number - 1, -1, -1):
        if stripped[at]:
            return at
    return -1
