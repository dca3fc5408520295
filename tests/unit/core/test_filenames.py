"""Names of files that others chose: they lead nowhere, and look like what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.filenames import file_name


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Übersicht – März.pdf", "Übersicht – März.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("C:\\autoexec.bat", "autoexec.bat"),
        ("C:autoexec.bat", "C_autoexec.bat"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066a\u2069.txt", "a.txt"),
        ("a\ufeff\u200b.txt", "a.txt"),
        ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("com1", "_com1"), ("Aux .log", "_Aux .log"), ("lpt¹.x", "_lpt¹.x"),
        ("console.log", "console.log"),
        (".htaccess", "htaccess"), ("name. ", "name"), ("..", "none"), ("", "none"), ("/", "none"), ("\u202e", "none"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 300, "x" * 150),
        ('a"b;c.txt', "a_b;c.txt"),
    ],
)  # fmt: skip
def test_names(name: str, made: str) -> None:
    assert file_name(name, otherwise="none") == made


@given(st.text(max_size=400))
def test_whatever_the_name(name: str) -> None:
    made = file_name(name, otherwise="none")
    assert made == file_name(made, otherwise="none")
    assert 0 < len(made) <= 151
    assert not set(made) & set('/\\:*?"<>|\x00\r\n\u202e')
    assert not made.startswith(".")
    made.encode()
