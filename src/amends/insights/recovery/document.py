"""The little Markdown of a brief, read into blocks, and written as HTML and as plain text. Pure.

Headings, paragraphs, quotes, lists, bold and italic: no links, no images, no HTML. What is none of these is words, so
that nothing in it can be more than words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Literal

LONGEST = 100_000
"""Characters of one brief."""
Kind = Literal["title", "heading", "text", "quote", "item", "numbered"]

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+)")
_ITEM = re.compile(r"[ \t]{0,3}[-*+][ \t]+(.+)")
_NUMBERED = re.compile(r"[ \t]{0,3}(\d{1,3})[.)][ \t]+(.+)")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?(.*)")
_RULE = re.compile(r"[ \t]{0,3}(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}")
_POINT = re.compile(r"(\d{1,3})\.[ \t]+(.+)")
_PIECE = re.compile(r"\\(?P<sign>[!-/:-@\[-`{-~])|(?P<mark>\*{1,2})|(?P<plain>[^\\*]+|\\)")
_LABEL = re.compile(r"[^:]{1,40}:")


@dataclass(frozen=True, slots=True)
class Run:
    """Some words, and how they stand."""

    text: str
    strong: bool = False
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the text. `number` is that of a point or of a numbered line, `label` what leads a line in bold."""

    kind: Kind
    runs: tuple[Run, ...]
    number: int = 0
    label: str = ""

    @property
    def words(self) -> str:
        """Its words alone."""
        return "".join(run.text for run in self.runs)


def parse(markdown: str) -> list[Block]:
    """The blocks of a text; any text has some. Linear in its length."""
    found: list[Block] = []
    held: list[str] = []
    kind: Kind = "text"

    def close() -> None:
        nonlocal kind
        if held:
            found.append(_block(kind, " ".join(held)))
        held.clear()
        kind = "text"

    for line in markdown[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.strip() or _RULE.fullmatch(line):
            close()
        elif heading := _HEADING.fullmatch(line.strip()):
            close()
            found.append(_heading(len(heading[1]), heading[2]))
        elif quote := _QUOTE.fullmatch(line):
            if kind != "quote":
                close()
                kind = "quote"
            held.append(quote[1].strip())
        elif item := _ITEM.fullmatch(line):
            close()
            kind = "item"
            held.append(item[1].strip())
        elif numbered := _NUMBERED.fullmatch(line):
            close()
            found.append(_block("numbered", numbered[2].strip(), number=int(numbered[1])))
        else:
            held.append(line.strip())
    close()
    return found


def to_html(blocks: Sequence[Block]) -> str:
    """HTML made of h1, h2, p, blockquote, lists, strong and em; every word escaped."""
    parts: list[str] = []
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        if kind in {"item", "numbered"}:
            parts.append(_html_list(list(group), ordered=kind == "numbered"))
            continue
        parts.extend(_html_block(block) for block in group)
    return "\n".join(parts)


def to_text(blocks: Sequence[Block]) -> str:
    """Plain text for a mail: no Markdown, and nothing that a mail program takes for a quote."""
    parts: list[str] = []
    for block, before in zip(blocks, [None, *blocks], strict=False):
        words = block.words
        lead = f"{block.number}. " if block.number else ""
        match block.kind:
            case "title":
                text = words
            case "quote":
                text = words if words.startswith(("“", '"')) else f"“{words}”"
            case "item":
                text = f"   {words}" if block.label else f"- {words}"
            case _:
                text = f"{lead}{words}"
        tight = before is not None and (block.kind == before.kind == "item" or _under(before, block))
        parts.append(f"{'' if before is None else chr(10) if tight else chr(10) * 2}{text}")
    return "".join(parts).strip() + "\n"


def to_data(blocks: Sequence[Block]) -> list[dict[str, object]]:
    """Plain values, for the template of the PDF."""
    return [
        {"kind": block.kind, "number": block.number, "label": block.label,
         "runs": [{"text": run.text, "strong": run.strong, "soft": run.soft} for run in block.runs]}
        for block in blocks
    ]  # fmt: skip


def _under(before: Block, block: Block) -> bool:
    """Does this line belong to the point whose head is above it."""
    return bool(before.kind == "heading" and before.number and block.kind in {"text", "item"}) or (
        before.kind == "text" and block.kind == "item" and bool(block.label)
    )


def _heading(level: int, text: str) -> Block:
    if level == 1:
        return _block("title", text)
    point = _POINT.fullmatch(text)
    return _block("heading", point[2], number=int(point[1])) if point else _block("heading", text)


def _block(kind: Kind, text: str, *, number: int = 0) -> Block:
    runs = tuple(_runs(text))
    label = runs[0].text if runs and runs[0].strong and _LABEL.fullmatch(runs[0].text) else ""
    return Block(kind, runs, number, label)


def _runs(text: str) -> Iterator[Run]:
    """Words and how they stand; a mark without its partner is a star."""
    pieces = [(match.lastgroup, match[0]) for match in _PIECE.finditer(text)]
    marks = [at for at, (kind, _) in enumerate(pieces) if kind == "mark"]
    pairs: dict[int, int] = {}
    waiting: dict[str, int] = {}
    for at in marks:
        sign = pieces[at][1]
        if sign in waiting and at > waiting[sign] + 1:
            pairs[waiting.pop(sign)] = at
        else:
            waiting[sign] = at
    ends = {end: start for start, end in pairs.items()}
    strong = soft = False
    held = ""
    for at, (kind, piece) in enumerate(pieces):
        if kind == "mark" and (at in pairs or at in ends):
            if held:
                yield Run(held, strong, soft)
            held = ""
            if len(piece) == 2:
                strong = at in pairs
            else:
                soft = at in pairs
        else:
            held += piece[1:] if kind == "sign" else piece
    if held:
        yield Run(held, strong, soft)


def _html_block(block: Block) -> str:
    words = _html_runs(block.runs)
    match block.kind:
        case "title":
            return f"<h1>{words}</h1>"
        case "heading":
            lead = f'<span class="brief-number">{block.number}.</span> ' if block.number else ""
            kind = ' class="brief-point"' if block.number else ""
            return f"<h2{kind}>{lead}{words}</h2>"
        case "quote":
            return f"<blockquote><p>{words}</p></blockquote>"
        case _:
            note = ' class="brief-said"' if block.runs and all(run.soft for run in block.runs) else ""
            return f"<p{note}>{words}</p>"


def _html_list(blocks: Sequence[Block], *, ordered: bool) -> str:
    lines = []
    for block in blocks:
        if block.label:
            rest = _html_runs(block.runs[1:]).strip()
            lines.append(f'<li class="brief-line"><strong>{escape(block.label[:-1])}</strong> <span>{rest}</span></li>')
        else:
            value = f' value="{block.number}"' if ordered else ""
            lines.append(f"<li{value}>{_html_runs(block.runs)}</li>")
    name = "ol" if ordered else "ul"
    return f"<{name}>{''.join(lines)}</{name}>"


def _html_runs(runs: Sequence[Run]) -> str:
    parts = []
    for run in runs:
        words = escape(run.text)
        words = f"<em>{words}</em>" if run.soft else words
        parts.append(f"<strong>{words}</strong>" if run.strong else words)
    return "".join(parts)
