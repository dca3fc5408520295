"""Is a text English: from its commonest words, and where they leave doubt from its letters.

The rules know English only; a message in another language is said to be so and is not misjudged. Function words decide
most (the method of Grefenstette, "Comparing two language identification schemes", 1995): no library is needed for a
line of plain English. Where they leave doubt, py3langid (naive Bayes over byte n-grams; Lui and Baldwin, "langid.py",
ACL 2012) is asked about the languages of business mail only, and both are weighed together, with a prior for English:
a client's terse "PO 4711 attached, qty 12" must not be lost for a guess. The library is loaded then, once.

Measured: of 18,000 short English texts (requests of business mail, Reddit, Wikipedia talk, GitHub issues with logs)
3 were taken for another language, by function words alone about 150. Of 135 invented lines of business mail in eleven
other languages and other scripts (`tests/data/languages.tsv`) 127 are named rightly, before 72; six of the rest, each
of three words, pass as English. Of 24 odd English ones two are misnamed. The library is asked about 4 % of English
sentences of business mail; loaded, once, it takes half a second of CPU and 100 MB.

Adding a language: docs/explanation/languages.md.
"""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import repeat
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from py3langid.langid import LanguageIdentifier

SUPPORTED = {"en": "English"}
"""The languages that are judged, by ISO 639-1 code: each needs rules, and a model that was trained on it. A text in any
other is left alone."""
FUNCTION_WORDS = {
    "en": (
        "the and to of a in is that it for you we i on with this are be have not as at your our was from will but "
        "or by an if can my has they all do would there what so about when please me which been no us just "
        "hi hello thanks thank dear regards were any know get don did they it's i'm how still "
        "he she his her him up out off now then these those who why here more some need pls thx ok let"
    ),
    "de": (
        "der die und das ist nicht wir sie ich es ein eine zu mit den von für auf im dem sich auch noch nach bei "
        "haben hat werden wird ihre ihr uns dass oder als aber wie bitte danke vielen grüße sehr geehrte kein "
        "sind ihnen mir mich euch schon wieder seit bis vom zum zur leider können wann hier über"
    ),
    "fr": (
        "le la les et des est pas nous vous je un une que pour dans sur avec ce qui au du en ne sont été plus mais "
        "votre notre avez avons merci bonjour cordialement être il elle cette aux par "
        "toujours ça bien très mes vos nos depuis leur quand voici de"
    ),
    "es": (
        "el la los las y que de en un una por para con no se lo es su nos más pero como le está hemos ha gracias "
        "hola saludos este esta del al usted ustedes nuestra nuestro muy "
        "todavía desde cuando cuándo muchas hasta favor seguimos están sin"
    ),
    "it": (
        "il lo la gli e che di un una per con non si è sono del della nel abbiamo grazie buongiorno saluti come più "
        "ma questo questa anche ci vi nostro vostro da dal dei le i al ancora quando ti mi va bene"
    ),
    "nl": (
        "de het een en van is niet wij we ik je u dat te op met voor zijn aan bij ook maar nog hebben heeft graag "
        "bedankt groeten met onze uw deze dit wordt jullie dank steeds weer kunnen wanneer geen sinds"
    ),
    "pt": (
        "o os as e que de em um uma para com não se por mais mas como está foi nos obrigado obrigada olá do da "
        "no na dos das nosso nossa seu sua você até estão muito quando ainda desde sem é"
    ),
    "sv": (
        "och att det är som en på inte vi jag för med av den till har ni om ett kan från hej tack hälsningar men "
        "var eller vår er så mycket när sedan dig"
    ),
    "da": (
        "og at det er som en på ikke vi jeg for med af den til har om et kan fra hej tak hilsen men var eller vores "
        "så meget når siden dig i slet"
    ),
    "pl": "i w nie na się z do że jest to jak ale czy od dla o po dziękuję proszę nam są już tylko ciebie bardzo",
    "cs": "a v se na je že to s z do nám jsme si ale jak už od pro za děkuji prosím ti jsou není moc",
    "tr": "ve bir bu için de da ne çok ile mi değil var ama gibi kadar daha teşekkürler merhaba sonra zaman beri",
}
"""The commonest words of the languages of business mail, English first. All are asked of the library, too."""
OTHERS = ("fi", "hu", "ro", "no", "hr", "sk", "id", "ca", "lt", "et")
"""Asked of the library so that they are not taken for one of those above; they come out as "und"."""
PRIOR = 2.5
"""So many times likelier than any other language English is beforehand, as a natural logarithm."""
_READ = 4_000
_WORDS = 300
_WORD = re.compile(r"[^\W\d_]{1,40}")
_NOT_LATIN = re.compile(r"[^\x00-\u024f]")
_CODE = re.compile(r"```.*?(?:```|$)|`[^`\n]*`", re.DOTALL)
_NO_LANGUAGE = re.compile(r"[/\\=<>{}_|@\d]|^www\.|^e-mail", re.IGNORECASE)
"""Marks of code, addresses and numbers: a word with one of these is in no language at all."""
_CONTRACTED = re.compile(r"[a-z](?:n['\u2019]t|['\u2019](?:s|re|ve|ll|m))\b")
"""Only English contracts so; each counts as a function word."""
_CAPITAL = re.compile(r"(?<=[\w,;:&] )[A-ZÀ-ÖØ-ÞĀ-Ž][^\W\d_]+")
"""A word with a capital within a sentence: a name, or a German noun, and neither says more than the words around it."""
_FEW = 4
_LEFT = 3
"""So many words must be left when names are taken out."""
_SHARE = 4.0
"""What the share of function words counts beside the library's log-probability."""
_CLEAR = 0.15
"""From this share of function words on, and with a clear lead, no library is asked."""
_LEAD = 2.0
_CODES = tuple(FUNCTION_WORDS)
_FIELD = 12
"""Bits for the count of one language, more than _WORDS needs: one sum counts all languages side by side."""
_FULL = (1 << _FIELD) - 1
_SHIFTS = range(0, _FIELD * len(_CODES), _FIELD)
_COUNTS: dict[str, int] = {}
for _shift, _words in zip(_SHIFTS, FUNCTION_WORDS.values(), strict=True):
    for _word in set(_words.split()):
        _COUNTS[_word] = _COUNTS.get(_word, 0) + (1 << _shift)
_LOADING = Lock()


def guess(text: str) -> str:
    """The likely language of `text` as an ISO 639-1 code; "und" where it is none of those known, or not letters.

    Texts of fewer than four words pass as English where they are in Latin script. Reads the first 4,000 characters.
    """
    spoken = " ".join(word for word in _CODE.sub(" ", text[:_READ]).split() if not _NO_LANGUAGE.search(word))
    words = _WORD.findall(spoken.lower())[:_WORDS]
    letters = "".join(words)
    if not letters:
        return "en"
    if not letters.isascii() and len(_NOT_LATIN.findall(letters)) > len(letters) / 3:
        return "und"
    if len(words) < _FEW:
        return "en"
    total = sum(map(_COUNTS.get, words, repeat(0)))
    total += len(_CONTRACTED.findall(spoken.lower()))
    shares = [(total >> shift & _FULL) / len(words) for shift in _SHIFTS]
    first, second = sorted(range(len(_CODES)), key=lambda place: -shares[place])[:2]
    if shares[first] >= _CLEAR and shares[first] >= _LEAD * shares[second] and shares[first] * len(words) >= _LEAD:
        return _CODES[first]
    return _weighed(spoken, shares)


def _weighed(spoken: str, shares: Sequence[float]) -> str:
    """The language for which function words and the library together speak most."""
    bare = _CAPITAL.sub("", spoken)
    asked = bare if len(_WORD.findall(bare)) >= _LEFT else spoken
    likely = dict(_library().rank(asked))
    scores = {
        code: math.log(max(likely[code], 1e-9)) + _SHARE * share + (PRIOR if code == _CODES[0] else 0.0)
        for code, share in zip((*_CODES, *OTHERS), (*shares, *repeat(0.0, len(OTHERS))), strict=True)
    }
    best = max(scores, key=lambda code: scores[code])
    return "und" if best in OTHERS else best


def _library() -> LanguageIdentifier:
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> LanguageIdentifier:
    """The library's model, for the languages of business mail; half a second of CPU and 100 MB, once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # not loaded where function words decide

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages((*_CODES, *OTHERS))
    return model
