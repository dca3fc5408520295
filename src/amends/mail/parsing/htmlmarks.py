"""Sentinel characters set into HTML round what is quoted, signed or hidden, before its text is extracted.

Done on the markup in one pass with a stack of its own: asking the document for elements takes quadratic time when
they are nested by the thousand, and mail that is answered for years nests them.
"""

from __future__ import annotations

import re
from functools import lru_cache

OPEN_QUOTE, CLOSE, OPEN_SIGN, FROM_HERE, OPEN_BARE, OPEN_INDENT, OPEN_HIDDEN = (
    "\ue9a0", "\ue9a1", "\ue9a2", "\ue9a3", "\ue9a4", "\ue9a5", "\ue9a6"
)  # fmt: skip
SENTINELS = OPEN_QUOTE + CLOSE + OPEN_SIGN + FROM_HERE + OPEN_BARE + OPEN_INDENT + OPEN_HIDDEN
OPENERS = frozenset((OPEN_QUOTE, OPEN_SIGN, OPEN_BARE, OPEN_INDENT, OPEN_HIDDEN))

MAX_LOOKS = 40  # ruled blocks whose text is looked at
MAX_TAG = 3000  # characters of a tag's attributes

# Words in an element's id, class or data attributes, by what they say. Lower case.
QUOTES = ("gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "olk_src_body_section",
          "zmail_extra", "isreplycontent", "isforwardcontent", "mail-editor-reference-message-container",
          "ntes_quote",
          "reply-intro")  # fmt: skip
BELOW = (
    "divrplyfwdmsg",
    "appendonsend",
    "outlookmessageheader",
    "stopspelling",
    "zwchr",
    "__quoted_text__",
    "__headers__",
)
SIGNATURES = ("gmail_signature", "moz-signature", "applemailsignature", "ms-outlook-mobile-signature",
              "protonmail_signature_block", "tutanota_signature", "id=signature", "id=x_signature",
              "linebreakatbeginningofsignature")  # fmt: skip
# One of these stands inside every tag that is worth a look.
_HINTS = ("quote", "signature", "moz-cite", "rplyfwdmsg", "appendonsend", "border-top", "hidden", "display",
          "mso-hide", "gmail_attr", "src_body", "zmail_extra", "isreplyc", "isforwardc", "reference-message", "zwchr",
          "outlookmessageheader", "stopspelling", "__headers__", "reply-intro")  # fmt: skip
_TAG = re.compile(
    r"<(/?)(blockquote|div|span|table|td|p|pre|hr|font|center|section|article|header|h[1-6])\b([^<>]{0,3000})>", re.I
)
_QUOTES = re.compile("|".join(map(re.escape, QUOTES)))
_BELOW = re.compile("|".join(map(re.escape, BELOW)))
_SIGNATURES = re.compile("|".join(map(re.escape, SIGNATURES)))
_RULED = re.compile(r"border-top:(?:solid|#[0-9a-f]{3,6}|\d[\d.]*p[tx])")
_HIDDEN = re.compile(r"display:none|mso-hide:all|(?:^|\s)hidden(?:[\s=/]|\Z)")
_ANY_TAG = re.compile(r"<[^<>]{0,3000}>")
_NO_MARK = str.maketrans("", "", "\"' \t\r\n")


def mark(html: str) -> str:
    """`html` with sentinels; itself when nothing in it is worth one. Linear in its length."""
    sentinels, names = _sentinels(html)
    if not sentinels:
        return html
    out: list[str] = []
    depth = dict.fromkeys(names, 0)
    active: list[tuple[str, int]] = []  # marked elements that are open: (tag, depth of that tag)
    at = 0
    for tag in _tags(names).finditer(html, next(iter(sentinels))):
        name = tag[2].lower()
        if tag[1]:
            level = depth[name]
            depth[name] = max(0, level - 1)
            if (name, level) not in active[-8:]:
                continue
            cut = tag.end() if name == "table" else tag.start()
            out.append(html[at:cut])
            at = cut
            while active:
                out.append(CLOSE)
                if active.pop() == (name, level):
                    break
            continue
        depth[name] += 1
        sentinel = sentinels.get(tag.start())
        if sentinel:
            cut = tag.start() if name == "table" else tag.end()
            out += (html[at:cut], sentinel)
            at = cut
            if sentinel != FROM_HERE:
                active.append((name, depth[name]))
    out.append(html[at:])
    return "".join(out)


def _sentinels(html: str) -> tuple[dict[int, str], frozenset[str]]:
    """The sentinels that opening tags deserve by the offsets of those tags, in order; and the names of the tags."""
    out: dict[int, str] = {}
    names: set[str] = set()
    looks = 0
    for start in _hinted(html):
        tag = _TAG.match(html, start)
        if not tag or tag[1]:
            continue
        name = tag[2].lower()
        sentinel = _sentinel(name, tag[3].lower())
        if sentinel == "?":
            looks += 1
            sentinel = FROM_HERE if looks <= MAX_LOOKS and _headed(html[tag.end() : tag.end() + 4000]) else ""
        if sentinel:
            out[start] = sentinel
            names.add(name)
    return out, frozenset(names)


def _hinted(html: str) -> list[int]:
    """Offsets of the tags that hold a hint, in order."""
    low = html.replace("\u0130", "I").lower()  # the one letter whose lower case is longer than itself
    starts: set[int] = set()
    for hint in _HINTS:
        at = low.find(hint)
        while at >= 0:
            start = low.rfind("<", max(0, at - MAX_TAG), at)
            if start >= 0:
                starts.add(start)
            following = low.find("<", at)
            at = low.find(hint, following) if following >= 0 else -1
    return sorted(starts)


@lru_cache(maxsize=64)
def _tags(names: frozenset[str]) -> re.Pattern[str]:
    """Opening and closing tags of these names only: the depth of no other matters."""
    return re.compile(rf"<(/?)({'|'.join(sorted(names))})\b[^<>]{{0,{MAX_TAG}}}>", re.I)


def _sentinel(name: str, attributes: str) -> str:
    """The sentinel that an opening tag deserves: "" for none, "?" for a ruled block whose text must decide."""
    bare = attributes.translate(_NO_MARK)
    if name == "blockquote":
        if "cite" in bare or "quote" in bare or "border-left" in bare:
            return OPEN_QUOTE
        return OPEN_INDENT if "border:none" in bare else OPEN_BARE  # so does Gmail indent a sender's paragraph
    if _HIDDEN.search(attributes) or "display:none" in bare or "mso-hide:all" in bare:
        return OPEN_HIDDEN if name != "hr" else ""
    if _BELOW.search(bare):
        return FROM_HERE
    if name == "hr":
        return ""
    if _SIGNATURES.search(bare):
        return OPEN_SIGN
    if "border-top" in bare and _RULED.search(bare):
        return "?"
    if _QUOTES.search(bare):
        return OPEN_QUOTE
    return ""


def _headed(markup: str) -> bool:
    """Whether a block begins as Outlook's do above a quoted message: short labels, colons, values, an address."""
    text = _ANY_TAG.sub("\n", markup)
    lines = [line.strip() for line in text.split("\n") if line.strip()][:16]
    labels = sum(line.endswith(":") or ":" in line[:24] for line in lines[:10])
    return bool(lines) and ":" in lines[0][:24] and labels >= 3
