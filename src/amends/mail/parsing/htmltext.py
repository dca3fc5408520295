"""HTML bodies to plain text, keeping what the markup tells about quotes and signatures.

Mail programs wrap what they quote and the signature in elements that can be known. Sentinel characters are set
round those before the text is extracted; afterwards they become one mark a line for `quotes.segments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from amends.mail.parsing.quotes import PLAIN, QUOTED, QUOTED_FROM_HERE, SIGNED

MAX_HTML = 4_000_000  # characters; the text of more is cut
MAX_MARKED = 400  # elements that are marked in one message

_OPEN_QUOTE, _CLOSE, _OPEN_SIGN, _FROM_HERE, _OPEN_BARE, _OPEN_INDENT = "\ue9a0\ue9a1\ue9a2\ue9a3\ue9a4\ue9a5"
_SENTINELS = _OPEN_QUOTE + _CLOSE + _OPEN_SIGN + _FROM_HERE + _OPEN_BARE + _OPEN_INDENT
_BLOCKQUOTE = re.compile(r"<(?:blockquote\b[^<>]{0,2000}|/blockquote\s*)>", re.I)
_SENTINEL = re.compile(f"([{_SENTINELS}])")
_DROP = {ord(c): None for c in _SENTINELS}

# Elements that hold a quoted message.
QUOTES = (".gmail_attr", ".moz-cite-prefix", ".yahoo_quoted", "[id^=yahoo_quoted]", ".protonmail_quote",
          ".tutanota_quote", "#OLK_SRC_BODY_SECTION", ".zmail_extra", "#isReplyContent", "#isForwardContent",
          "#mail-editor-reference-message-container", ".ntes_quote", "#reply-intro")  # fmt: skip
# Elements below which everything is quoted.
BELOW = ("#divRplyFwdMsg", "[id$=divRplyFwdMsg]", "#appendonsend", "[id$=appendonsend]", ".OutlookMessageHeader",
         "hr[id=stopSpelling]", "#zwchr", "[data-marker=__QUOTED_TEXT__]", "[data-marker=__HEADERS__]")  # fmt: skip
SIGNATURES = (".gmail_signature", "[data-smartmail=gmail_signature]", ".moz-signature", "#Signature", "[id$=_Signature]",
              "#ms-outlook-mobile-signature", ".protonmail_signature_block", ".tutanota_signature", "#signature",
              "#AppleMailSignature", "#mobileAppleMailSignature", ".gmail_signature_prefix", "#lineBreakAtBeginningOfSignature")  # fmt: skip
# What must stand in the markup (in lower case) for a selector to be worth asking.
_HINTS = (
    ("gmail_", (".gmail_attr", ".gmail_signature", "[data-smartmail=gmail_signature]", ".gmail_signature_prefix")),
    ("moz-", (".moz-cite-prefix", ".moz-signature")),
    ("yahoo_quoted", (".yahoo_quoted", "[id^=yahoo_quoted]")),
    ("rplyfwdmsg", ("#divRplyFwdMsg", "[id$=divRplyFwdMsg]")),
    ("appendonsend", ("#appendonsend", "[id$=appendonsend]")),
    ("signature", SIGNATURES),
    ("_quote", (".protonmail_quote", ".tutanota_quote", ".ntes_quote")),
    ("src_body_section", ("#OLK_SRC_BODY_SECTION",)),
    ("zmail_extra", (".zmail_extra",)),
    ("isreplycontent", ("#isReplyContent",)),
    ("isforwardcontent", ("#isForwardContent",)),
    ("reference-message", ("#mail-editor-reference-message-container",)),
    ("outlookmessageheader", (".OutlookMessageHeader",)),
    ("stopspelling", ("hr[id=stopSpelling]",)),
    ("zwchr", ("#zwchr",)),
    ("__headers", ("[data-marker=__HEADERS__]",)),
    ("__quoted", ("[data-marker=__QUOTED_TEXT__]",)),
    ("reply-intro", ("#reply-intro",)),
)
_BELOW = ",".join(BELOW)
_SIGNATURES = ",".join(SIGNATURES)
_RULED = re.compile(r"border-top:\s*(?:solid|#[0-9a-f]{3,6}|\d[\d.]*p[tx])", re.I)
_HIDING = (
    ("<script", ("script",)), ("<template", ("template",)), ("<noscript", ("noscript",)), ("<object", ("object",)),
    ("<svg", ("svg",)), ("hidden", ("[hidden]",)),
    ("display:", ('[style*="display:none"]', '[style*="display: none"]', '[style*="DISPLAY: none"]', '[style*="DISPLAY:none"]')),
    ("mso-hide", ('[style*="mso-hide:all"]', '[style*="mso-hide: all"]')),
)  # fmt: skip
_BLANKS = re.compile(r"\n{3,}")
_FALLBACK_TAG = re.compile(r"<[^<>]{0,4000}>")


def html_to_text(html: str) -> tuple[str, list[int]]:
    """Readable text of an HTML body, and one mark a line (`quotes.PLAIN`, `QUOTED`, `SIGNED`, `QUOTED_FROM_HERE`).

    Scripts, styles, the head and what is hidden (such as newsletters' preheaders) are left out. Never raises.
    """
    html = html[:MAX_HTML].translate(_DROP) if any(c in html for c in _SENTINELS) else html[:MAX_HTML]
    html = html.replace("\0", "")
    try:
        text = _extract(html)
    except Exception:  # whatever the library trips over, the words must be shown
        text = _FALLBACK_TAG.sub(" ", html)
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\r", "")
    text = "\n".join([line.rstrip() for line in text.split("\n")])
    if not _SENTINEL.search(text):
        text = (_BLANKS.sub("\n\n", text) if "\n\n\n" in text else text).strip("\n")
        return text, [PLAIN] * (text.count("\n") + 1)
    return _unmark(text)


def _extract(html: str) -> str:
    low = html.lower()
    tree = HTMLTree.parse(_BLOCKQUOTE.sub(_marked_blockquote, html) if "blockquote" in low else html)
    selectors = [selector for hint, those in _HINTS if hint in low for selector in those]
    if "border-top" in low and _RULED.search(low):
        selectors += ("div[style*=border-top]", "div[style*=BORDER-TOP]")
    if selectors:
        for element in list(tree.document.query_selector_all(",".join(selectors)))[:MAX_MARKED]:
            _mark(tree, element)
    hiding = [selector for hint, those in _HIDING if hint in low for selector in those]
    skip = [*hiding, "style", "head", "title"]
    text: str = extract_plain_text(tree, preserve_formatting=True, alt_texts=False, skip_elements=skip)
    return text


def _mark(tree: Any, element: Any) -> None:
    if element.matches(_BELOW):
        element.insert_before(tree.create_text_node(_FROM_HERE), element.first_child)
        if element.tag.lower() == "hr" and element.parent is not None:
            element.parent.insert_before(tree.create_text_node(_FROM_HERE), element)
        return
    if element.matches(_SIGNATURES):
        _wrap(tree, element, _OPEN_SIGN)
    elif "border-top" in (element.getattr("style") or "").lower():
        text = element.text[:600]
        if _RULED.search(element.getattr("style") or "") and text.count(":") >= 3 and _looks_headed(text):
            element.insert_before(tree.create_text_node(_FROM_HERE), element.first_child)
    elif "---" not in element.text[:40]:  # "---------- Forwarded message" is told by its own words
        _wrap(tree, element, _OPEN_QUOTE)


def _marked_blockquote(found: re.Match[str]) -> str:
    """A blockquote's tag with its sentinel. Set in the markup, for mail nests them by the hundred."""
    tag = found[0]
    if tag[1] == "/":
        return _CLOSE + tag
    low = tag.lower().replace(" ", "")
    if "cite" in low or "quote" in low[11:] or "border-left" in low:
        return tag + _OPEN_QUOTE
    return tag + (_OPEN_INDENT if "border:none" in low else _OPEN_BARE)  # so does Gmail indent a paragraph


def _looks_headed(text: str) -> bool:
    """The block that Outlook sets above a quoted message: lines of a short label, a colon and a value."""
    lines = [line for line in text.strip().splitlines()[:8] if line.strip()] or [text]
    return ":" in lines[0][:24] and "@" in text or sum(":" in line[:24] for line in lines) >= 3


def _wrap(tree: Any, element: Any, sentinel: str) -> None:
    element.insert_before(tree.create_text_node(sentinel), element.first_child)
    element.append_child(tree.create_text_node(_CLOSE))


def _unmark(text: str) -> tuple[str, list[int]]:
    """Take the sentinels out again, line by line."""
    lines: list[str] = []
    marks: list[int] = []
    for line, mark in _marked_lines(text):
        if line or (lines and (lines[-1] or (len(lines) > 1 and lines[-2]))):
            if not line and lines and not lines[-1] and len(lines) > 1 and not lines[-2]:
                continue
            lines.append(line)
            marks.append(mark)
    while lines and not lines[-1] and marks[-1] != QUOTED_FROM_HERE:
        lines.pop()
        marks.pop()
    return "\n".join(lines), marks or [PLAIN]


def _marked_lines(text: str) -> Iterator[tuple[str, int]]:
    stack: list[int] = []
    from_here = False
    before = ""  # the last line with words in it
    for line in text.split("\n"):
        pieces = _SENTINEL.split(line)
        words, mark = "", PLAIN
        for piece in pieces:
            if piece in (_OPEN_QUOTE, _OPEN_SIGN, _OPEN_BARE, _OPEN_INDENT) and piece:
                stack.append(_opened(piece, (words.strip() or before)))
            elif piece == _CLOSE and piece:
                stack = stack[:-1]
            elif piece == _FROM_HERE and piece:
                from_here = True
            elif piece.strip():
                here = max((m for m in stack if m == QUOTED), default=stack[-1] if stack else PLAIN)
                mark = here if not words.strip() or here == mark else PLAIN
                words += piece
            else:
                words += piece
        if words.strip():
            before = words
            if from_here:
                mark, from_here = QUOTED_FROM_HERE, False
        yield words.rstrip(), mark


def _opened(sentinel: str, before: str) -> int:
    """A bare blockquote may be an indented paragraph of the sender's: an introduction with a colon must precede."""
    if sentinel in (_OPEN_SIGN, _OPEN_INDENT):
        return SIGNED if sentinel == _OPEN_SIGN else PLAIN
    return QUOTED if sentinel == _OPEN_QUOTE or before.rstrip().endswith((":", "：")) else PLAIN
