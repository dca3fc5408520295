"""How mail programs show what is answered: the same words as plain text and as HTML, history quoted below."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from .prose import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from datetime import datetime

    from .letters import Letter
    from .people import Person

_DEPTH = 3
_LABELS = {
    "en": ("From", "Sent", "To", "Cc", "Subject"),
    "de": ("Von", "Gesendet", "An", "Cc", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Cc", "Objet"),
}
_GMAIL_QUOTE = 'class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"'
_OUTLOOK_HEAD = (
    '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style><!-- p.MsoNormal'
    ' {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;} --></style></head>'
)


def plain_text(letter: Letter, depth: int = 0) -> str:
    """The whole text/plain body: own words, signature, and history as the writer's program quotes it."""
    own = _own_text(letter)
    quoted = letter.answers if letter.quotes and depth < _DEPTH else None
    if quoted is None:
        return own + "\n"
    history = plain_text(quoted, depth + 1)
    if letter.forward or letter.look in {"outlook", "web"}:
        lead = "---------- Forwarded message ---------" if letter.forward else "_" * 32
        return f"{own}\n\n{lead}\n{_header_block(letter, quoted)}\n\n{history}"
    marked = "".join(f"> {line}\n" if line else ">\n" for line in history.rstrip("\n").split("\n"))
    return f"{own}\n\n{_attribution(letter, quoted)}\n\n{marked}"


def html_text(letter: Letter) -> str:
    """The whole text/html body in the dialect of the writer's program."""
    inner = _html(letter, 0)
    if letter.look in {"outlook", "web"}:
        return f'<html>{_OUTLOOK_HEAD}<body lang="EN-GB"><div class="WordSection1">{inner}</div></body></html>\n'
    if letter.look in {"apple", "phone"}:
        return f'<html><head></head><body style="overflow-wrap: break-word;">{inner}</body></html>\n'
    return f'<div dir="ltr">{inner}</div>\n'


def _own_text(letter: Letter) -> str:
    text = letter.body.strip("\n")
    if letter.look == "plain":
        text = "\n".join("\n".join(wrap(line, 72)) for line in text.split("\n"))
    return text + _tail(letter)


def _tail(letter: Letter) -> str:
    if letter.look == "phone":
        return "\n\nSent from my phone"
    if not letter.signed or not letter.sender.signature:
        return ""
    mark = "\n\n" if letter.look in {"outlook", "web"} else "\n\n-- \n"
    disclaimer = f"\n\n{letter.sender.disclaimer}" if letter.sender.disclaimer else ""
    return mark + letter.sender.signature + disclaimer


def _html(letter: Letter, depth: int) -> str:
    own = _html_own(letter)
    quoted = letter.answers if letter.quotes and depth < _DEPTH else None
    if quoted is None:
        return own
    history = _html(quoted, depth + 1)
    if letter.look in {"outlook", "web"}:
        rows = "<br>".join(
            f"<b>{escape(row.partition(':')[0])}:</b>{escape(row.partition(':')[2])}"
            for row in _header_block(letter, quoted).split("\n")
        )
        box = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        wrapper = '<div id="divRplyFwdMsg" dir="ltr">' if letter.look == "web" else box
        return f'{own}{wrapper}<p class="MsoNormal">{rows}</p></div>\n{history}'
    attribution = escape(_attribution(letter, quoted))
    if letter.look in {"apple", "phone"}:
        return f'{own}<div><br><blockquote type="cite"><div>{attribution}</div><br>{history}</blockquote></div>\n'
    return (
        f'{own}<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{attribution}<br></div>'
        f"<blockquote {_GMAIL_QUOTE}>{history}</blockquote></div>\n"
    )


def _html_own(letter: Letter) -> str:
    before, after = (
        ("<div>", "</div>\n")
        if letter.look not in {"outlook", "web"}
        else (
            '<p class="MsoNormal">',
            "</p>\n",
        )
    )
    gap = before + ("<br>" if before == "<div>" else "&nbsp;") + after
    paragraphs = letter.body.strip("\n").split("\n\n")
    own = gap.join(before + escape(text, quote=False).replace("\n", "<br>\n") + after for text in paragraphs)
    tail = _tail(letter).strip("\n")
    if not tail:
        return own
    css = ' class="gmail_signature"' if letter.look == "gmail" else ""
    text = escape(tail, quote=False).replace("\n", "<br>\n")
    return f"{own}{gap}<div{css}>{text}</div>\n"


def _attribution(letter: Letter, quoted: Letter) -> str:
    at, who = quoted.at.astimezone(letter.local_at.tzinfo), quoted.sender
    address = f"{who.name} <{who.email}>"
    if letter.sender.language == "de":
        day = f"{WEEKDAYS['de'][at.weekday()][:2]}., {at.day}. {MONTHS['de'][at.month - 1]} {at.year}"
        return f"Am {day} um {at:%H:%M} Uhr schrieb {address}:"
    if letter.sender.language == "fr":
        day = f"{WEEKDAYS['fr'][at.weekday()][:3]}. {at.day} {MONTHS['fr'][at.month - 1]} {at.year}"
        return f"Le {day} à {at:%H:%M}, {address} a écrit :"
    month = MONTHS["en"][at.month - 1]
    if letter.look in {"apple", "phone"}:
        return f"On {at.day} {month[:3]} {at.year}, at {at:%H:%M}, {address} wrote:"
    if letter.look == "plain":
        return f"On {at:%d/%m/%Y %H:%M}, {who.name} wrote:"
    return f"On {WEEKDAYS['en'][at.weekday()][:3]}, {at.day} {month[:3]} {at.year} at {at:%H:%M}, {address} wrote:"


def _header_block(letter: Letter, quoted: Letter) -> str:
    labels = _LABELS[letter.sender.language]
    at = quoted.at.astimezone(letter.local_at.tzinfo)
    rows = [
        f"{labels[0]}: {quoted.sender.name} <{quoted.sender.email}>",
        f"{labels[1]}: {_long_date(at, letter.sender.language)}",
        f"{labels[2]}: {_names(quoted.to)}",
    ]
    if quoted.cc:
        rows.append(f"{labels[3]}: {_names(quoted.cc)}")
    return "\n".join([*rows, f"{labels[4]}: {quoted.full_subject}"])


def _long_date(at: datetime, language: str) -> str:
    weekday, month = WEEKDAYS[language][at.weekday()], MONTHS[language][at.month - 1]
    dot = "." if language == "de" else ""
    comma = ", " if language == "de" else " "
    return f"{weekday}{comma}{at.day}{dot} {month} {at.year} {at:%H:%M}"


def _names(people: tuple[Person, ...]) -> str:
    return "; ".join(f"{person.name} <{person.email}>" for person in people)
