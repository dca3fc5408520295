"""What our own code never does, and what the site never gives out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm

from amends.firm.models import Firm

SOURCE = Path(__file__).resolve().parents[3] / "src" / "amends"
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "shelve", "marshal", "dill", "xml", "lxml", "ldap3", "yaml"}
HARMLESS = {"re", "regex"}  # re.compile


def _modules(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_no_text_is_run_as_code_and_no_object_is_read_from_bytes() -> None:
    files = sorted(SOURCE.rglob("*.py"))
    assert len(files) > 200
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert _modules(tree) & FORBIDDEN_MODULES == set(), path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    assert node.func.id not in FORBIDDEN_CALLS, f"{path}:{node.lineno}"
                shell = [word for word in node.keywords if word.arg == "shell"]
                assert shell == [], f"{path}:{node.lineno}"
                if isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in {"system", "popen", "mark_safe"}, f"{path}:{node.lineno}"


def test_templates_switch_escaping_off_in_one_place_only() -> None:
    """The frame of a letter, whose HTML is sanitised, and which stands in a sandbox."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.html")}
    off = [name for name, text in pages.items() if "|safe" in text or "autoescape off" in text]
    assert off == ["frame.html"]


@pytest.mark.parametrize(
    "address",
    [
        "/static/", "/static/amends/", "/.git/config", "/.env", "/static/../settings.py", "/secret.key", "/admin/",
        "/static/%2e%2e/%2e%2e/config/env.py", "/static/..%2f..%2fconfig/settings.py", "/static/amends/css/",
        "/Thumbs.db", "/media/",
    ],
)  # fmt: skip
def test_no_folder_is_listed_and_nothing_but_pages_is_given_out(client: Browser, firm: Firm, address: str) -> None:
    with no_firm():
        answer = client.get(address)
    assert answer.status_code == 404
    assert "SECRET" not in answer.content.decode()


def test_an_error_says_nothing_of_the_inside(client: Browser, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.web.sign_in import views

    def broken(*args: object, **kwargs: object) -> None:
        message = "the words of a letter"
        raise RuntimeError(message)

    monkeypatch.setattr(views, "SignInForm", broken)
    client.raise_request_exception = False
    with no_firm():
        answer = client.get("/sign-in/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "RuntimeError" not in page
    assert "the words of a letter" not in page
    assert "Traceback" not in page
