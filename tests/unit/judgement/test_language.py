"""Which language a text is in, and that English in any dress is not taken for another."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from amends.judgement import language

SHORT = [
    (code, text)
    for code, _, text in (
        line.partition("\t")
        for line in (Path(__file__).parents[2] / "data" / "languages.tsv").read_text(encoding="utf-8").splitlines()
    )
]


@pytest.mark.parametrize(
    "text",
    [
        "dave pls shut luca up, he calls every hour",
        "I haven't received Jeff's powerpoint e-mail...",
        "Per my previous e-mail.",
        "Hans Müller and Søren Kjær sign for Käse & Söhne GmbH.",
        "See https://intranet.firma.de/angebote/der-neue-katalog/die-texte-sind-da.html please",
        "It failed again:\n```\nnie na się że do jest das ist nicht der die das\n```\nCan you look?",
        "ok thanks",
        "12.05.2024 // 4711-A",
        "",
    ],
)
def test_english_in_any_dress_is_english(text: str) -> None:
    assert language.guess(text) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sehr geehrte Damen und Herren, wir sind sehr enttäuscht, die Rechnung ist wieder falsch.", "de"),
        ("Bonjour, la facture est encore fausse et nous sommes très déçus.", "fr"),
        ("Hola, la factura está mal otra vez y no nos han contestado.", "es"),
        ("Kwota znowu się nie zgadza.", "pl"),
        ("Beløbet passer heller ikke denne gang.", "da"),
        ("この請求書はまた間違っています。", "und"),
        ("Счёт опять неверный, мы очень разочарованы.", "und"),
        ("Még mindig várjuk a válaszukat az ajánlatra.", "und"),
    ],
)
def test_other_languages_are_named_or_not_known(text: str, code: str) -> None:
    assert language.guess(text) == code


def test_short_lines_of_business_mail() -> None:
    """The figures of the module's docstring: three words pass as English, longer lines of another language do not."""
    wrong = [(code, language.guess(text), text) for code, text in SHORT if language.guess(text) != code]
    assert len(wrong) <= 10
    assert [row for row in wrong if row[0] != "en" and row[1] == "en" and len(row[2].split()) > 3] == []
    assert Counter(code for code, _, _ in wrong)["en"] <= 2


def test_no_library_where_function_words_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_library", lambda: pytest.fail("asked"))
    assert language.guess("Could you send us the invoice for May again, please?") == "en"
    assert language.guess("Wir haben die Rechnung noch nicht, bitte schicken Sie sie uns und auch das Angebot.") == "de"


def test_only_the_beginning_is_read() -> None:
    english = "We would like to have the invoice for the work that you did. " * 70
    assert len(english) > 4_000
    assert language.guess(english + "Wir haben die Rechnung noch nicht und das ist nicht gut. " * 500) == "en"


def test_several_threads_say_the_same() -> None:
    texts = [text for _, text in SHORT]
    alone = [language.guess(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(language.guess, texts)) == alone


def test_every_language_is_known_to_the_library() -> None:
    known = set(language._library().labels)
    assert known == {*language.FUNCTION_WORDS, *language.OTHERS}
    assert set(language.SUPPORTED) <= set(language.FUNCTION_WORDS)
