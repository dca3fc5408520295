"""Dates, addresses, headers, charsets, kinds, identity: each on its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.mail.parsing import Address, Kind, Role, fingerprint, parse, sanitise
from amends.mail.parsing.addresses import addresses
from amends.mail.parsing.charsets import decode
from amends.mail.parsing.dates import parse_date, sent_at
from amends.mail.parsing.headers import parameters, words

MARCH = datetime(2025, 3, 4, 8, 14, 58, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "Tue, 4 Mar 2025 09:14:58 +0100",
        "4 Mar 25 09:14:58 +0100",
        "Tue, 04 Mar 0125 09:14:58 +0100",  # a year counted from 1900, as RFC 5322 4.3 reads it
        "Tue, 4 Mar 2025 08:14:58 GMT",
        "Tue, 4 Mar 2025 03:14:58 EST (Eastern)",
        "Tue Mar  4 08:14:58 2025",
        "Di, 4 März 2025 09:14:58 +0100",
        "2025-03-04T09:14:58+01:00",
        "Tue, 4 Mar 2025 8:14:58 AM",
        "Tue,4 Mar 2025 09.14.58 +0100",
    ],
)
def test_dates(value: str) -> None:
    assert parse_date(value) == MARCH


def test_a_clock_bounds_the_date() -> None:
    assert sent_at("Tue, 4 Mar 2025 09:14:58 +0100", received=[], now=datetime(2024, 1, 1, tzinfo=UTC))[1] == "none"
    envelope = b"From jo@harbour.example Tue Mar  4 08:14:58 2025"
    assert sent_at("garbage", received=[], envelope=envelope)[:2] == (MARCH, "envelope")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jo@h.example", [("", "jo@h.example")]),
        ('"Harbour, Jo" <JO@h.example>, max@h.example', [("Harbour, Jo", "jo@h.example"), ("", "max@h.example")]),
        ("jo@h.example (Jo Harbour)", [("Jo Harbour", "jo@h.example")]),
        ("team: jo@h.example, Max <max@h.example>;", [("", "jo@h.example"), ("Max", "max@h.example")]),
        ("undisclosed-recipients:;", []),
        ("<@one.example,@two.example:jo@h.example>", [("", "jo@h.example")]),
        ("=?utf-8?q?Caf=C3=A9=2C_Jo?= <jo@h.example>", [("Café, Jo", "jo@h.example")]),
        ("Jo <jo@h.example", [("Jo", "jo@h.example")]),
        ("'Jo' <jo@h.example>; max@h.example", [("Jo", "jo@h.example"), ("", "max@h.example")]),
        ("Jo Harbour [mailto:jo@h.example]", [("Jo Harbour", "jo@h.example")]),
        ("Jo Harbour", [("Jo Harbour", "")]),
    ],
)
def test_addresses(value: str, expected: list[tuple[str, str]]) -> None:
    assert addresses(value, role=Role.TO) == [Address(Role.TO, name, email) for name, email in expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?a=C3?= =?utf-8?q?=A9b?=", "aéb"),
        ("=?iso-8859-1?Q?a=E9?= and =?utf-8?b?w6k=?=", "aé and é"),
        ("=?utf-8?b?w6k", "é"),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("no =?unknown words", "no =?unknown words"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert words(value) == expected


def test_parameters() -> None:
    value = "attachment; filename*0*=utf-8''%e2%82%ac%20; filename*1=rates.pdf; size=3"
    assert parameters(value) == ("attachment", {"filename": "€ rates.pdf", "size": "3"})
    assert parameters('Text/Plain; charset = "UTF-8" ; name=a b.txt') == (
        "text/plain",
        {"charset": "UTF-8", "name": "a b.txt"},
    )
    assert parameters("text/plain charset=utf-8")[1] == {"charset": "utf-8"}


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        ("Grüße €".encode("cp1252"), "iso-8859-1", "Grüße €"),
        ("Grüße €".encode(), "iso-8859-1", "Grüße €"),
        ("Grüße".encode("cp1252"), None, "Grüße"),
        ("你好，世界".encode("gb18030"), "gb2312", "你好，世界"),
        ("Привет, как дела у вас сегодня?".encode("koi8-r"), "koi8-r", "Привет, как дела у вас сегодня?"),
        ("Привет, как дела у вас сегодня?".encode("cp1251"), "unknown-8bit", "Привет, как дела у вас сегодня?"),
        ("日本語".encode("iso2022_jp"), None, "日本語"),
        (b"a +AOk-", "utf-7", "a é"),
        ("é".encode("utf-16"), None, "é"),
        (b"plain", "no-such-charset", "plain"),
    ],
)
def test_charsets(data: bytes, charset: str | None, expected: str) -> None:
    assert decode(data, charset)[0] == expected


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("X-Auto-Response-Suppress: All", Kind.PERSONAL),
        ("Auto-Submitted: no", Kind.PERSONAL),
        ("Auto-Submitted: auto-replied", Kind.AUTOMATIC),
        ("X-Autoreply: yes", Kind.AUTOMATIC),
        ("Subject: Out of office", Kind.PERSONAL),
        ("Subject: Abwesenheitsnotiz\nX-Auto-Response-Suppress: All", Kind.AUTOMATIC),
        ("List-Id: <team.lists.example>", Kind.BULK),
        ("Precedence: bulk", Kind.BULK),
        ("List-Unsubscribe: <mailto:x@y.example>", Kind.BULK),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", Kind.BOUNCE),
        ("Return-Path: <>\nSender: x@y.example", Kind.AUTOMATIC),
        ("X-Failed-Recipients: a@b.example", Kind.BOUNCE),
        ("X-Mailer: Apple Mail", Kind.PERSONAL),
    ],
)
def test_kinds(headers: str, kind: Kind) -> None:
    message = parse(f"From: jo@h.example\n{headers}\n\nwords\n".encode())
    assert message.kind is kind
    assert (message.kind_reason == "") is (kind is Kind.PERSONAL)


def test_identity_over_two_routes() -> None:
    head = b"From: Jo <jo@h.example>\nMessage-ID: <a@h>\nDate: Tue, 4 Mar 2025 09:14:58 +0100\nSubject: s\n"
    typed = b"Content-Type: text/plain; charset="
    direct = head + typed + b"utf-8\n\nSch\xc3\xb6n, we agree.\n"
    listed = (
        b"Received: by list\nList-Id: <l>\n"
        + head.replace(b"Subject: s", b"Subject: [l] s")
        + typed
        + b"iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nSch=F6n,\n we agree.\n"
        + b"_______________________________________________\nl mailing list\nhttp://lists.example/l\n"
    )
    other = head + b"\nSomething else under the same id.\n"
    assert fingerprint(parse(direct)) == fingerprint(parse(listed))
    assert fingerprint(parse(direct)) != fingerprint(parse(other))
    assert len(fingerprint(parse(direct))) == 32


def test_sanitised_html_loads_and_runs_nothing() -> None:
    html = (
        '<p style="position:fixed;color:red;background:url(http://x)" onclick="x()">a<script>x()</script>'
        '<img src="http://x/y.png"><img src="cid:one"><a href="javascript:x()">b</a><a href="https://x">c</a><form></form>'
    )
    shown = sanitise(html, remote_images=False, images={"one": "/part/1"})
    for bad in ("script", "http://x", "onclick", "javascript", "position", "<form"):
        assert bad not in shown
    assert '<img src="/part/1">' in shown
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert "http://x/y.png" in sanitise(html, remote_images=True)
