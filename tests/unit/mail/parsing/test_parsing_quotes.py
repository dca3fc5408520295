"""Own lines apart from quotes: invented cases in many languages, and the shared file of cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.quotes import judge

from amends.mail.parsing import SegmentKind, new_text, segments

CASES = Path(__file__).parents[4].parent / "shared" / "data" / "quotes" / "cases.json"

ATTRIBUTIONS = [
    "On Tue, Mar 4, 2025 at 9:14 AM Jo Harbour <jo@harbour.example> wrote:",
    "On Tue, Mar 4, 2025 at 9:14 AM Jo Harbour\n<jo@harbour.example>\nwrote:",
    "On 4 Mar 2025, at 09:14, Jo Harbour <\njo@harbour.example> wrote:",
    "Am Di., 4. März 2025 um 09:14 Uhr schrieb Jo Harbour <jo@harbour.example>:",
    "Am 04.03.2025 um 09:14 schrieb Jo Harbour:",
    "Le mar. 4 mars 2025 à 09:14, Jo Harbour <jo@harbour.example> a écrit :",
    "El mar, 4 mar 2025 a las 9:14, Jo Harbour (<jo@harbour.example>) escribió:",
    "Il giorno mar 4 mar 2025 alle ore 09:14 Jo Harbour <jo@harbour.example> ha scritto:",
    "Op di 4 mrt 2025 om 09:14 schreef Jo Harbour <jo@harbour.example>:",
    "Op 4 mrt. 2025, om 09:14 heeft Jo Harbour <jo@harbour.example> het volgende geschreven:",
    "Em ter., 4 de mar. de 2025 às 09:14, Jo Harbour <jo@harbour.example> escreveu:",
    "W dniu wt., 4 mar 2025 o 09:14 Jo Harbour <jo@harbour.example> napisał(a):",
    "Den tis 4 mars 2025 kl 09:14 skrev Jo Harbour <jo@harbour.example>:",
    "tir. 4. mar. 2025 kl. 09.14 skrev Jo Harbour <jo@harbour.example>:",
    "ti 4. maalisk. 2025 klo 9.14 Jo Harbour (jo@harbour.example) kirjoitti:",
    "вт, 4 мар. 2025 г. в 09:14, Jo Harbour <jo@harbour.example>:",
    "4 марта 2025 г., в 09:14, Jo Harbour <jo@harbour.example> написал(а):",
    "út 4. 3. 2025 v 9:14 odesílatel Jo Harbour <jo@harbour.example> napsal:",
    "2025年3月4日(火) 9:14 Jo Harbour <jo@harbour.example>:",
    "Jo Harbour <jo@harbour.example> 于2025年3月4日周二 09:14写道：",
    "在 2025年3月4日，上午9:14，Jo Harbour <jo@harbour.example> 写道：",
    "2025-03-04 9:14 GMT+01:00 Jo Harbour <jo@harbour.example>:",
    "---- On Tue, 04 Mar 2025 09:14:00 +0100 Jo Harbour <jo@harbour.example> wrote ----",
    "Jo Harbour wrote:",
    "---- Jo Harbour wrote ----",
    "Sent from Samsung Mobile Jo Harbour <jo@harbour.example> wrote:",
    "2025/3/4 Jo Harbour <jo@harbour.example>",
    "On 4-Mar-2025, at 9:14 AM, Jo Harbour <jo@harbour.example> sent:",
    "* Jo Harbour (jo@harbour.example) [250304 09:14]:",
    "Quoting Jo Harbour <jo@harbour.example>:",
    "Zitat von Jo Harbour <jo@harbour.example>:",
    "At 9:14 AM 3/4/2025, Jo Harbour wrote:",
    "In message <a1@harbour.example>, Jo Harbour writes:",
]
SURE = [a for a in ATTRIBUTIONS[:22] if "@" in a]
BLOCKS = [
    "From: Jo Harbour <jo@harbour.example>\nSent: Tuesday, March 4, 2025 9:14 AM\nTo: Max\nSubject: Date",
    "*From:* Jo Harbour\n*Sent:* Tuesday\n*To:* Max\n*Subject:* Date",
    "________________________________\nFrom: Jo Harbour\nSent: Tuesday\nTo: Max\nSubject: Date",
    "Von: Jo Harbour\nGesendet: Dienstag, 4. März 2025 09:14\nAn: Max\nBetreff: Termin",
    "De : Jo Harbour\nEnvoyé : mardi 4 mars 2025 09:14\nÀ : Max\nObjet : Date",
    "De: Jo Harbour\nEnviado el: martes, 4 de marzo\nPara: Max\nAsunto: Fecha",
    "Da: Jo Harbour\nInviato: martedì\nA: Max\nOggetto: Data",
    "Van: Jo Harbour\nVerzonden: dinsdag\nAan: Max\nOnderwerp: Datum",
    "Fra: Jo Harbour\nSendt: tirsdag\nTil: Max\nEmne: Dato",
    "Från: Jo Harbour\nSkickat: tisdag\nTill: Max\nÄmne: Datum",
    "Od: Jo Harbour\nWysłano: wtorek\nDo: Max\nTemat: Termin",
    "От: Jo Harbour\nОтправлено: вторник\nКому: Max\nТема: Дата",
    "差出人: Jo Harbour\n送信日時: 2025年3月4日\n宛先: Max\n件名: 日付",
    "发件人: Jo Harbour\n发送时间: 2025年3月4日\n收件人: Max\n主题: 日期",
    "-----Original Message-----\nFrom: Jo Harbour",
    "-----Ursprüngliche Nachricht-----\nVon: Jo Harbour",
    "-------- Message d'origine --------\nDe : Jo Harbour",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
    "##- Please type your reply above this line -##",
]
OWN = "Hello Max,\n\nwe have: no date.\n\nCall me"


def own(text: str) -> str:
    return new_text(text, segments(text)).strip()


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_attributions(line: str) -> None:
    assert own(f"{OWN}\n\n{line}\n\n> the date follows\n> soon\n") == OWN
    assert own(f"{line}\n> the date follows\n\n{OWN}\n") == OWN


@pytest.mark.parametrize("line", SURE)
def test_attributions_above_text_without_marks(line: str) -> None:
    assert own(f"{OWN}\n\n{line}\n\nthe date follows\nsoon\n") == OWN


@pytest.mark.parametrize("block", BLOCKS)
def test_header_blocks_and_markers(block: str) -> None:
    assert own(f"{OWN}\n\n{block}\n\nthe date follows\nsoon\n") == OWN


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
    ],
)
def test_forwards(marker: str) -> None:
    text = f"{OWN}\n\n{marker}\nFrom: Jo <jo@harbour.example>\nSubject: Date\n\nthe date follows"
    parts = segments(text)
    assert new_text(text, parts).strip() == OWN
    assert parts[-1].kind is SegmentKind.FORWARD


def test_replies_between_quoted_lines_are_own() -> None:
    text = "On 4 Mar 2025, at 09:14, Jo wrote:\n> first?\nyes\n> second?\n> third?\nno\n\nand more\n"
    assert own(text) == "yes\nno\n\nand more"


@pytest.mark.parametrize(
    "tail",
    ["-- \nJo Harbour\nHarbour Ltd", "--\nJo", "Kind regards,\nJo Harbour\n+44 20 0000",
     "Mit freundlichen Grüßen\n\nJo Harbour",
     "Sent from my iPhone", "Von meinem iPhone gesendet", "-Jo Harbour", "Mvh\nJo",
     "_______________________________________________\nteam mailing list\nteam@lists.example\nhttp://lists.example/team",
     "This e-mail is confidential and intended only for the addressee. If you are not the recipient, delete it."],
)  # fmt: skip
def test_tails(tail: str) -> None:
    assert own(f"{OWN}\n\n{tail}\n") == OWN


@pytest.mark.parametrize(
    "text",
    [
        "Invitation:\n\nDate: Wednesday 3, October\nTime: 7 : 00am\nAddress: 130 Fox St\n\nBring your ID.",
        "From: Berlin\nTo: Hamburg\nDate: 3 May\n\nTwo seats, please.",
        "Your colleague wrote:\n\nWe will call.\n\nNobody called.",
        "On Monday you said it was done: it was not.",
        "Sent from my desk, which is better than my phone.",
        "- first point\n- second point",
        "We need\n\n-- three things\n- one",
        "Thank you so much!",
        "Thanks,\nbut this is still wrong?",
        "This is confidential: we think of leaving.",
        "Visit us\n>>> www.example.com <<<\nor call.",
        "<http://www.example.com/a/very/long\n>  is the address",
        "Original plan: launch in May.",
        "From: the start\nwe said no.",
        "I wrote this to jo@harbour.example:\n\nnobody answers.",
        "Best\nwe talk tomorrow about all of this, because it cannot go on like that.",
    ],
)
def test_own_lines_are_never_lost(text: str) -> None:
    assert own(text) == text


def test_shared_cases() -> None:
    if not CASES.is_file():
        pytest.skip("shared/data/quotes is not beside the repository: the shared cases were NOT judged")
    found = [judge(case) for case in json.loads(CASES.read_text("utf-8"))]
    assert sum(len(r["lost"]) for r in found) == 0
    assert sum(not (r["lost"] or r["leaked"] or r["contradictory"]) for r in found) >= 54
