"""Sentinel characters set into HTML round what is quoted, signed or hidden, before its text is extracted.

Done on the markup in one pass with a stack of its own: asking the document for elements takes quadratic time when
they are nested by the thousand, and mail that is answered for years nests them.
"""

from __future__ import annotations

import re

OPEN_QUOTE, CLOSE, OPEN_SIGN, FROM_HERE, OPEN_BARE, OPEN_INDENT, OPEN_HIDDEN = (
    "\ue9a0", "\ue9a1", "\ue9a2", "\ue9a3", "\ue9a4", "\ue9a5", "\ue9a6"
)  # fmt: skip
SENTINELS = OPEN_QUOTE + CLOSE + OPEN_SIGN + FROM_HERE + OPEN_BARE + OPEN_INDENT + OPEN_HIDDEN
OPENERS = frozenset((OPEN_QUOTE, OPEN_SIGN, OPEN_BARE, OPEN_INDENT, OPEN_HIDDEN))

MAX_LOOKS = 40  # ruled blocks whose text is looked at

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
# One of these must stand in the markup for the pass to be worth its time.
_HINTS = ("blockquote", "signature", "quote", "moz-cite", "rplyfwdmsg", "appendonsend", "border-top", "hidden",
          "display:",
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
    low = html.lower()
    if not any(hint in low for hint in _HINTS):
        return html
    out: list[str] = []
    depth: dict[str, int] = {}
    active: list[tuple[str, int]] = []  # marked elements that are open: (tag, depth of that tag)
    at = looks = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if tag[1]:
            level = depth.get(name, 0)
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
        if name != "hr":
            depth[name] = depth.get(name, 0) + 1
        attributes = tag[3]
        sentinel = _sentinel(name, attributes.lower()) if attributes or name == "blockquote" else ""
        if sentinel == "?":
            looks += 1
            sentinel = FROM_HERE if looks <= MAX_LOOKS and _headed(html[tag.end() : tag.end() + 4000]) else ""
        if sentinel:
            cut = tag.start() if name == "table" else tag.end()
            out += (html[at:cut], sentinel)
            at = cut
            if sentinel != FROM_HERE:
                active.append((name, depth[name]))
    out.append(html[at:])
    return "".join(out)


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
