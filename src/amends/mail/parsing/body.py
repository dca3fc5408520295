"""From the MIME tree to the one text that a person reads, its segments and its attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from amends.mail.parsing import tree
from amends.mail.parsing.charsets import decode
from amends.mail.parsing.flowed import unflow
from amends.mail.parsing.headers import words
from amends.mail.parsing.htmltext import html_to_text
from amends.mail.parsing.quotes import segments
from amends.mail.parsing.types import Attachment, Segment, SegmentKind

MAX_TEXT = 2_000_000  # bytes of one text part that are read, and characters of the whole text
STUB = 400  # a plain alternative shorter than this is compared with the HTML it stands for

_TEXT_LIKE = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown",
                        "text/x-amp-html", "application/xhtml+xml", "text/watch-html"))  # fmt: skip
_MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))
_STUB_WORDS = re.compile(
    r"(?:html|view|display|browser|online|lesen|anzeigen|afficher|ver)\b.{0,200}|https?://\S+\s*\Z", re.I | re.S
)
_ENRICHED = re.compile(r"<(/?)([A-Za-z-]{1,60})>|<<")
_ODD = {ord(c): None for c in "\0\x01\x02\x03\x04\x05\x06\x0e\x0f\ufeff\ufffe"} | {0x0B: "\n", 0x0C: "\n", 0x85: "\n"}
_ODD_ANY = re.compile("[\0-\x08\x0b\x0c\x0e\x0f\x85\ud800-\udfff\ufeff\ufffe]")
_ODD_BYTES = bytes((*range(9), 0x0B, 0x0C, 0x0E, 0x0F))
_ICS_FOLD = re.compile(r"\n[ \t]")


@dataclass(slots=True)
class Piece:
    """A stretch of the final text: one text part, or a nested message as a whole. HTML is read when asked for."""

    source: str
    html: bool = False
    forward: bool = False
    read: tuple[str, list[int]] | None = None

    @property
    def text(self) -> str:
        """The plain text."""
        return self._from_html()[0] if self.html else self.source

    @property
    def marks(self) -> list[int] | None:
        """What the markup told about each line; None for text without any."""
        return self._from_html()[1] if self.html else None

    def _from_html(self) -> tuple[str, list[int]]:
        if self.read is None:
            self.read = html_to_text(self.source)
        return self.read


@dataclass(slots=True)
class Body:
    """What was gathered: `pieces` in order, attachments, defects; `method` is that of a calendar part."""

    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    has_html: bool = False
    whole: bool = True
    method: str = ""
    calendar: str = ""


def gather(root: tree.Part) -> Body:
    """Choose the text of a message and list its other leaves. Each leaf is either text or an attachment."""
    body = Body()
    shown: set[int] = set()
    _walk(root, body, shown, top=True)
    _defects(root, body)
    if not any(piece.text.strip() for piece in body.pieces):
        _last_resort(root, body, shown)
    body.attachments = [_attachment(part, index) for index, part in tree.leaves(root) if id(part) not in shown]
    return body


def assemble(body: Body, *, forwarded: bool) -> tuple[str, tuple[Segment, ...]]:
    """Join the pieces with a blank line and split each into segments; segments cover the text."""
    texts: list[str] = []
    out: list[Segment] = []
    at = 0
    pieces = [piece for piece in body.pieces if piece.text.strip()]
    for number, piece in enumerate(pieces):
        text = piece.text if number == len(pieces) - 1 else piece.text.rstrip("\n") + "\n\n"
        if at + len(text) > MAX_TEXT:
            text = text[: MAX_TEXT - at]
            body.defects.append(f"The text is longer than {MAX_TEXT:,} characters; the rest is not shown.")
        parts = ((Segment(SegmentKind.FORWARD, 0, len(text)),) if piece.forward else
                 segments(text, marks=_fitted(piece.marks, text), forwarded=forwarded))  # fmt: skip
        for part in parts:
            if out and out[-1].kind is part.kind:
                out[-1] = Segment(part.kind, out[-1].start, at + part.end)
            elif part.end > part.start:
                out.append(Segment(part.kind, at + part.start, at + part.end))
        texts.append(text)
        at += len(text)
        if at >= MAX_TEXT:
            break
    return "".join(texts), tuple(out)


def _fitted(marks: list[int] | None, text: str) -> list[int] | None:
    if marks is None:
        return None
    count = text.count("\n") + 1
    return (marks + [0] * count)[:count]


def _walk(part: tree.Part, body: Body, shown: set[int], *, top: bool = False) -> None:
    if part.content_type in _MESSAGES and part.children:
        _nested(part, body, shown)
    elif part.is_multipart:
        if part.content_type == "multipart/alternative":
            _alternative(part, body, shown)
        elif part.content_type == "multipart/related":
            _related(part, body, shown)
        else:
            for child in part.children:
                _walk(child, body, shown)
    elif _is_body(part, body, top=top):
        _text(part, body, shown)
    elif part.content_type == "text/calendar" and not body.calendar:
        body.method = body.method or part.params.get("method", "") or _calendar_method(part)
        body.calendar = _decoded_text(part, body)


def _is_body(part: tree.Part, body: Body, *, top: bool) -> bool:
    if part.content_type not in _TEXT_LIKE:
        return top and part.content_type.startswith("text/") and part.content_type != "text/calendar" and not part.name
    if top:
        return True
    if part.disposition == "attachment":
        return False
    return not (part.name and any(piece.text.strip() for piece in body.pieces))


def _text(part: tree.Part, body: Body, shown: set[int]) -> None:
    shown.add(id(part))
    text = _decoded_text(part, body)
    if part.content_type in ("text/html", "application/xhtml+xml", "text/x-amp-html", "text/watch-html"):
        body.has_html = True
        body.pieces.append(Piece(text, html=True))
        return
    if part.content_type in ("text/enriched", "text/richtext"):
        text = _ENRICHED.sub(
            lambda m: "<" if m[0] == "<<" else "\n" if m[2].lower() in ("nl", "paragraph") else "", text
        )
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
    elif not part.fields.get("content-type") and _is_html(text):
        body.has_html = True
        body.pieces.append(Piece(text, html=True))
        return
    body.pieces.append(Piece(text))


def _is_html(text: str) -> bool:
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def _decoded_text(part: tree.Part, body: Body) -> str:
    html = "html" in part.content_type
    decoded = part.decoded(MAX_TEXT)
    if part.data is None and part.end - part.start > MAX_TEXT:
        body.defects.append(f"A text part is longer than {MAX_TEXT:,} bytes; the rest is not shown.")
    charset = part.params.get("charset") or None
    text, defect = decode(decoded.data, charset, html=html)
    if decoded.trailing:
        text = text.rstrip("\r\n") + "\n\n" + decode(decoded.trailing, None)[0].lstrip("\r\n")
    for sentence in (decoded.defect, defect):
        if sentence and sentence not in body.defects:
            body.defects.append(sentence)
    if decoded.defect.startswith("An encoded part is cut off"):
        body.whole = False
    return tidy(text)


def tidy(text: str) -> str:
    """LF line ends; no NUL, byte order mark or other control that is no text; no lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        data = text.encode("ascii")
        if len(data.translate(None, _ODD_BYTES)) == len(data):
            return text
    if _ODD_ANY.search(text):
        text = text.translate(_ODD).encode("utf-8", "replace").decode("utf-8")
        text = re.sub("[\x07\x08]", "", text)
    return text


def _alternative(part: tree.Part, body: Body, shown: set[int]) -> None:
    """RFC 2046 5.1.4, the plain one preferred: it is what the sender typed, unless it is only a stub."""
    options: list[tuple[Body, set[int]]] = []
    for child in part.children:
        option, seen = Body(), set[int]()
        _walk(child, option, seen)
        options.append((option, seen))
        body.method = body.method or option.method
        body.calendar = body.calendar or option.calendar
        body.whole = body.whole and option.whole
        body.defects.extend(d for d in option.defects if d not in body.defects)
        body.has_html = body.has_html or option.has_html
    chosen = next((o for o in options if not o[0].has_html and _length(o[0])), options[0])
    if chosen[0].has_html or _length(chosen[0]) < STUB:
        rich = next((o for o in reversed(options) if o[0].has_html and _length(o[0])), None)
        if rich and (chosen[0].has_html or not _length(chosen[0]) or _is_stub(chosen[0], rich[0])):
            chosen = rich
    body.pieces.extend(chosen[0].pieces)
    shown |= chosen[1]
    for option, seen in options:  # the other renderings of the same words are no attachments
        if all(not piece.forward for piece in option.pieces):
            shown |= seen


def _length(body: Body) -> int:
    return sum(len(piece.text.strip()) for piece in body.pieces)


def _is_stub(plain: Body, rich: Body) -> bool:
    """Whether a plain alternative only points to the HTML ("your program cannot show HTML") or is all but empty."""
    short, long = _length(plain), _length(rich)
    if short >= STUB or long < short * 3 + 40:
        return False
    text = " ".join(piece.text for piece in plain.pieces)
    return short < 20 or _STUB_WORDS.search(text) is not None or long > short * 20


def _related(part: tree.Part, body: Body, shown: set[int]) -> None:
    """RFC 2387: the root is named by `start`, else it is the first part; the others belong to it."""
    start = part.params.get("start", "").strip("<> ")
    root = next((c for c in part.children if start and c.value("content-id").strip("<> ") == start), part.children[0])
    _walk(root, body, shown)
    for child in part.children:
        if child is not root and (child.is_multipart or child.content_type in _MESSAGES):
            _walk(child, body, shown)
    if not any(piece.text.strip() for piece in body.pieces):
        for child in part.children:
            if child is not root:
                _walk(child, body, shown)


def _nested(part: tree.Part, body: Body, shown: set[int]) -> None:
    """A message inside the message: its head in short and its text, as one forwarded piece."""
    inner = part.children[0]
    head = [f"{label}: {value}" for label, value in (
        ("From", words(inner.value("from"))), ("Date", inner.value("date")),
        ("To", words(inner.value("to"))), ("Subject", words(inner.value("subject")))) if value]  # fmt: skip
    own = Body()
    _walk(inner, own, shown, top=True)
    if not _length(own):
        _last_resort(inner, own, shown)
    text = "\n\n".join(piece.text.strip("\n") for piece in own.pieces if piece.text.strip())
    joined = tidy("\n".join(head) + ("\n\n" + text if text else "")).strip("\n")
    if joined:
        body.pieces.append(Piece(joined, forward=True))
    body.defects.extend(d for d in own.defects if d not in body.defects)
    body.whole = body.whole and own.whole


def _last_resort(root: tree.Part, body: Body, shown: set[int]) -> None:
    """No text was found where it should be: look where it still may be."""
    if body.calendar:
        text = calendar_text(body.calendar)
        if text:
            body.pieces.append(Piece(text))
            return
    if root.content_type == "application/ms-tnef":
        return
    every = [part for _, part in tree.leaves(root) if id(part) not in shown and not part.children]
    for part in every:
        if part.content_type in _TEXT_LIKE and (part.size or 0) > 0 and not part.name:
            _text(part, body, shown)
    if not _length(body):
        for part in every:
            if part.content_type in ("message/delivery-status", "message/disposition-notification",
                                     "text/rfc822-headers",
                                     "message/feedback-report", "message/partial",
                                     "message/external-body"):  # fmt: skip
                _text(part, body, shown)
    if not _length(body) and root.is_multipart:
        for start, end in (root.preamble, root.epilogue):
            text = tidy(decode(bytes(root.buf[start : min(end, start + MAX_TEXT)]), None)[0]).strip("\n")
            if len(text.strip()) > 3:
                body.pieces.append(Piece(text))
                body.defects.append("The text stands outside of the message's parts.")


def _defects(root: tree.Part, body: Body) -> None:
    stack = [root]
    while stack:
        part = stack.pop()
        body.defects.extend(d for d in part.defects if d not in body.defects)
        if any(d.startswith(("The message is cut off", "The message is nested")) for d in part.defects):
            body.whole = body.whole and not any(d.startswith("The message is nested") for d in part.defects)
        stack.extend(part.children)


def _attachment(part: tree.Part, index: int) -> Attachment:
    name = tidy(part.name).replace("\n", " ").strip()
    if not name and part.content_type in _MESSAGES and part.children:
        name = (words(part.children[0].value("subject")).strip()[:80] or "message") + ".eml"
    content_id = part.value("content-id").strip("<> ")
    inline = part.disposition == "inline" or bool(content_id and part.disposition != "attachment")
    size = part.size if part.content_type in _MESSAGES else part.decoded_size()
    return Attachment(index, name[:255], part.content_type, size, content_id[:255], inline)


def _calendar_method(part: tree.Part) -> str:
    found = re.search(rb"^METHOD:([A-Za-z]+)", part.decoded(20000).data, re.M)
    return found[1].decode("ascii") if found else ""


def calendar_text(ics: str) -> str:
    """An invitation in words (RFC 5545): summary, times, place and description of its first event."""
    wanted = {"SUMMARY": "", "DTSTART": "", "DTEND": "", "LOCATION": "", "DESCRIPTION": ""}
    _, event, rest = _ICS_FOLD.sub("", ics[:200_000]).partition("BEGIN:VEVENT")
    for line in (rest if event else ics[:200_000]).split("\n"):
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper()
        if name == "END" and value.strip() == "VEVENT":
            break
        if name in wanted and not wanted[name]:
            wanted[name] = (
                value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").strip()
            )
    when = " – ".join(v for v in (wanted["DTSTART"], wanted["DTEND"]) if v)
    return "\n".join(v for v in (wanted["SUMMARY"], when, wanted["LOCATION"], wanted["DESCRIPTION"]) if v)
