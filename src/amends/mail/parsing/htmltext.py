"""HTML bodies to plain text, keeping what the markup tells about quotes and signatures.

Mail programs wrap what they quote and the signature in elements that can be known. Sentinel characters are set
round those before the text is extracted; afterwards they become one mark a line for `quotes.segments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from amends.mail.parsing.htmlmarks import (
    CLOSE,
    FROM_HERE,
    OPEN_BARE,
    OPEN_HIDDEN,
    OPEN_INDENT,
    OPEN_QUOTE,
    OPEN_SIGN,
    OPENERS,
    SENTINELS,
    mark,
)
from amends.mail.parsing.quotes import PLAIN, QUOTED, QUOTED_FROM_HERE, SIGNED

MAX_HTML = 4_000_000  # characters; the text of more is cut

_SENTINEL = re.compile(f"([{SENTINELS}])")
_DROP = {ord(c): None for c in SENTINELS}
_BLANKS = re.compile(r"\n{3,}")
_HIDDEN = -1  # of text that the sender did not mean to be seen
_UNREAD = re.compile(r"<(/?)(?:script|style|xml)\b[^<>]{0,4000}>", re.I)
_ANY_TAG = re.compile(r"<[^<>]{0,4000}(?:>|\Z)")


def html_to_text(html: str) -> tuple[str, list[int]]:
    """Readable text of an HTML body, and one mark a line (`quotes.PLAIN`, `QUOTED`, `SIGNED`, `QUOTED_FROM_HERE`).

    Scripts, styles, the head and what is hidden (such as newsletters' preheaders) are left out. Never raises.
    """
    html = html[:MAX_HTML].translate(_DROP) if any(c in html for c in SENTINELS) else html[:MAX_HTML]
    html = html.replace("\0", "")
    try:
        text = _extract(html)
    except Exception:  # whatever the library trips over, the words must be shown
        text = ""
    if not _SENTINEL.sub("", text).strip():
        text = _words(html)
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\r", "")
    text = "\n".join([line.rstrip() for line in text.split("\n")])
    if not _SENTINEL.search(text):
        text = (_BLANKS.sub("\n\n", text) if "\n\n\n" in text else text).strip("\n")
        return text, [PLAIN] * (text.count("\n") + 1)
    plain, marks = _unmark(text)
    if not plain.strip() and OPEN_HIDDEN in text:  # an element that hides all of it was never closed
        plain = _SENTINEL.sub("", text).strip("\n")
        marks = [PLAIN] * (plain.count("\n") + 1)
    return plain, marks


def _extract(html: str) -> str:
    tree = HTMLTree.parse(mark(html))
    text: str = extract_plain_text(tree, preserve_formatting=True, alt_texts=False, skip_elements=["title"])
    return text


def _words(html: str) -> str:
    """What stands between the tags: for markup of which nothing is seen, such as one unclosed comment or title."""
    first, *others = _UNREAD.split(html)  # then by turns the slash of a tag and the text behind that tag
    seen = [text for slash, text in zip(others[::2], others[1::2], strict=True) if slash]
    lines = unescape(_ANY_TAG.sub("", "\n".join([first, *seen]))).split("\n")
    return "\n".join([" ".join(line.split()) for line in lines]).translate(_DROP)


def _unmark(text: str) -> tuple[str, list[int]]:
    """Take the sentinels out again, line by line."""
    lines: list[str] = []
    marks: list[int] = []
    for line, mark_here in _marked_lines(text):
        if line or (lines and (lines[-1] or (len(lines) > 1 and lines[-2]))):
            if not line and lines and not lines[-1] and len(lines) > 1 and not lines[-2]:
                continue
            lines.append(line)
            marks.append(mark_here)
    while lines and not lines[-1] and marks[-1] != QUOTED_FROM_HERE:
        lines.pop()
        marks.pop()
    return "\n".join(lines), marks or [PLAIN]


def _marked_lines(text: str) -> Iterator[tuple[str, int]]:
    stack: list[int] = []
    open_quotes = hidden = 0
    from_here = False
    before = ""  # the last line with words in it
    for line in text.split("\n"):
        words, mark_here = "", PLAIN
        for piece in _SENTINEL.split(line):
            if piece in OPENERS:
                opened = _opened(piece, words.strip() or before)
                stack.append(opened)
                open_quotes += opened == QUOTED
                hidden += opened == _HIDDEN
            elif piece == CLOSE:
                closed = stack.pop() if stack else PLAIN
                open_quotes -= closed == QUOTED
                hidden -= closed == _HIDDEN
            elif piece == FROM_HERE:
                from_here = True
            elif hidden:
                continue
            elif piece.strip():
                here = QUOTED if open_quotes else stack[-1] if stack else PLAIN
                mark_here = here if not words.strip() or here == mark_here else PLAIN
                words += piece
            else:
                words += piece
        if words.strip():
            before = words
            if from_here:
                mark_here, from_here = QUOTED_FROM_HERE, False
        yield words.rstrip(), mark_here


def _opened(sentinel: str, before: str) -> int:
    """A bare blockquote may be an indented paragraph of the sender's: an introduction with a colon must precede."""
    if sentinel == OPEN_BARE:
        return QUOTED if before.rstrip().endswith((":", "：")) else PLAIN
    return {OPEN_QUOTE: QUOTED, OPEN_SIGN: SIGNED, OPEN_HIDDEN: _HIDDEN, OPEN_INDENT: PLAIN}[sentinel]
