"""Is a text English: a cheap guess from its commonest words and its script.

The rules know English only; a message in another language is said to be so and is not misjudged. A trained
detector may take this place later; until then function words decide, which is right on anything longer than a
line (the method of Grefenstette, "Comparing two language identification schemes", 1995).
"""

from __future__ import annotations

import re
from itertools import repeat

_WORD = re.compile(r"[^\W\d_]{1,40}")
_NOT_LATIN = re.compile(r"[^\x00-\u024f]")
_READ = 4_000
_WORDS = 300
_FUNCTION_WORDS = {
    "en": (
        "the and to of a in is that it for you we i on with this are be have not as at your our was from will but "
        "or by an if can my has they all do would there what so about when please me which been no us just "
        "hi hello thanks thank dear regards were any know get don did they it's i'm how still"
    ),
    "de": (
        "der die und das ist nicht wir sie ich es ein eine zu mit den von für auf im dem sich auch noch nach bei "
        "haben hat werden wird ihre ihr uns dass oder als aber wie bitte danke vielen grüße sehr geehrte kein"
    ),
    "fr": (
        "le la les et des est pas nous vous je un une que pour dans sur avec ce qui au du en ne sont été plus mais "
        "votre notre avez avons merci bonjour cordialement être il elle cette aux par"
    ),
    "es": (
        "el la los las y que de en un una por para con no se lo es su nos más pero como le está hemos ha gracias "
        "hola saludos este esta del al usted ustedes nuestra nuestro muy"
    ),
    "it": (
        "il lo la gli e che di un una per con non si è sono del della nel abbiamo grazie buongiorno saluti come più "
        "ma questo questa anche ci vi nostro vostro"
    ),
    "nl": (
        "de het een en van is niet wij we ik je u dat te op met voor zijn aan bij ook maar nog hebben heeft graag "
        "bedankt groeten met onze uw deze dit wordt"
    ),
    "pt": (
        "o os as e que de em um uma para com não se por mais mas como está foi nos obrigado obrigada olá do da "
        "no na dos das nosso nossa seu sua você"
    ),
    "sv": (
        "och att det är som en på inte vi jag för med av den till har ni om ett kan från hej tack hälsningar men "
        "var eller vår er"
    ),
}
_CODES = tuple(_FUNCTION_WORDS)  # English first
_FIELD = 12
"""Bits for the count of one language, more than _WORDS needs: one sum counts all languages side by side."""
_FULL = (1 << _FIELD) - 1
_SHIFTS = range(0, _FIELD * len(_CODES), _FIELD)
_COUNTS: dict[str, int] = {}
for _shift, _words in zip(_SHIFTS, _FUNCTION_WORDS.values(), strict=True):
    for _word in set(_words.split()):
        _COUNTS[_word] = _COUNTS.get(_word, 0) + (1 << _shift)


def guess(text: str) -> str:
    """The likely language of `text` as an ISO 639-1 code; "und" where it is none of those known.

    Texts of fewer than four words pass as English where they are in Latin script.
    """
    words = _WORD.findall(text[:_READ].lower())[:_WORDS]
    letters = "".join(words)
    if not letters:
        return "en"
    if not letters.isascii() and len(_NOT_LATIN.findall(letters)) > len(letters) / 3:
        return "und"
    if len(words) < 4:
        return "en"
    total = sum(map(_COUNTS.get, words, repeat(0)))
    count = [total >> shift & _FULL for shift in _SHIFTS]
    most, share = max(count), count[0] / len(words)
    if count[0] < most and most / len(words) > max(0.1, share + 0.05):
        return _CODES[count.index(most)]
    return "en" if share >= 0.08 or len(words) < 8 else "und"
