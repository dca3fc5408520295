"""`amends members`: invited by link, listed, deactivated; and whoever does it on the machine stands in the log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.cli.test_commands import amends
from tests.processes import environment

pytestmark = pytest.mark.once
_JOIN = """
import sys
import django
django.setup()
from datetime import UTC, datetime
from amends.firm.sign_in import accept_invitation, peek_link
now = datetime.now(UTC)
accept_invitation(peek_link(sys.argv[1], now=now), name=sys.argv[2], password="twelve seams in a bowl", now=now)
"""
_LOG = """
import django
django.setup()
from amends.firm.models import AuditEntry, Firm
from amends.firm.scope import firm_scope
with firm_scope(Firm.objects.get()):
    print(*(f"{one.who}: {one.did} {one.about}" for one in AuditEntry.objects.order_by("pk")), sep="\\n")
"""


def _run(home: Path, code: str, *words: str) -> str:
    known = environment(home, DJANGO_SETTINGS_MODULE="amends.config.settings")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *words], env=known, capture_output=True, text=True, check=True
    )
    return done.stdout


def _join(home: Path, email: str, role: str, name: str) -> None:
    link = amends(home, "members", "invite", email, "--role", role)[0].strip()
    _run(home, _JOIN, link.rstrip("/").rpartition("/")[2], name)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with an administrator and somebody of the staff, who came in by links of the command line."""
    made = tmp_path_factory.mktemp("home") / "amends"
    made.mkdir()
    _run(made, "import django; django.setup(); from django.core.management import call_command as do; do('migrate',"
               "verbosity=0); from amends.flows.set_up import found_firm; from datetime import UTC, datetime;"
               "found_firm(['studio.example'], now=datetime.now(UTC))")  # fmt: skip
    _join(made, "ada@studio.example", "administrator", "Ada Moss")
    _join(made, "sam@studio.example", "staff", "Sam Rook")
    return made


def test_everybody_is_listed(home: Path) -> None:
    told = [json.loads(line) for line in amends(home, "members", "list", "--json")[0].splitlines()]
    assert [(one["email"], one["role"], one["active"], one["two_factor"], one["last_sign_in"]) for one in told] == [
        ("ada@studio.example", "administrator", True, False, None), ("sam@studio.example", "staff", True, False, None),
    ]  # fmt: skip
    assert "Sam Rook" in amends(home, "members", "list")[0]


def test_somebody_is_deactivated_and_reactivated(home: Path) -> None:
    amends(home, "members", "deactivate", "sam@studio.example")
    assert "staff, deactivated" in amends(home, "members", "list")[0]
    amends(home, "members", "reactivate", "sam@studio.example")
    assert "deactivated" not in amends(home, "members", "list")[0]
    amends(home, "members", "two-factor-off", "sam@studio.example")
    assert "command line: member.deactivated sam@studio.example" in _run(home, _LOG)


def test_links_are_noted(home: Path) -> None:
    amends(home, "link", "ada@studio.example")
    amends(home, "link")
    log = _run(home, _LOG)
    assert "command line: sign_in.link_made ada@studio.example" in log
    assert "command line: sign_in.link_made a new administrator" in log


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["deactivate", "ada@studio.example"], "is the last administrator"),
        (["deactivate", "nobody@studio.example"], "No member has the address"),
        (["invite", "sam@studio.example"], "known here already"),
        (["invite", "x@studio.example", "--role", "emperor"], "Invalid value"),
        (["invite", "nobody"], "is no e-mail address"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(home: Path, words: list[str], says: str) -> None:
    out, err = amends(home, "members", *words, code=2)
    assert says in err
    assert out == ""
