"""`amends check` and `amends rules`, as people and scripts call them."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from amends.cli.main import main

EML = (
    "From: Jo <jo@firm.example>\r\nTo: Marta Ruiz <marta@harbour.example>\r\nSubject: Plan\r\n"
    "Date: Tue, 10 Mar 2026 10:00:00 +0000\r\n\r\n{}\r\n"
)
CLIENTS = [
    {
        "name": "Harbour Hotels",
        "domains": ["harbour.example"],
        "people": [{"name": "Marta Ruiz", "address": "marta@harbour.example"}],
    },
    {"name": "Fern Foods", "domains": ["fern.example"], "people": []},
]
COMPLAINT = (
    "From: Marta <marta@harbour.example>\r\nTo: jo@firm.example\r\n\r\n"
    "The shop is down again, third time this month. This is hopeless.\r\n"
)


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=text)


def told(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_draft_from_standard_input() -> None:
    result = run("-", "--json", text="Hi Marta, you should have told us.\n\n> You never told us.\n")
    assert result.exit_code == 0
    found = told(result)
    assert set(found) == {"verdict", "new_text", "findings"}
    assert found["verdict"] == "warn"
    keys = {"rule", "family", "severity", "quote", "start", "end", "why", "suggestion"}
    assert all(set(each) == keys for each in found["findings"])
    each = found["findings"][0]
    assert (each["family"], each["severity"]) == ("blame", "warn")
    assert found["new_text"][each["start"] : each["end"]] == each["quote"] == "Hi Marta, you should have told us."


def test_a_stop_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "draft.eml"
    file.write_text(EML.format("Hi [Name], the plan is ready."), newline="")
    result = run(str(file))
    assert result.exit_code == 1
    assert "stop: placeholder" in result.stdout
    assert "Hold it back." in result.stdout


def test_files_of_context(tmp_path: Path) -> None:
    (tmp_path / "clients.json").write_text(json.dumps(CLIENTS))
    (tmp_path / "glossary.json").write_text(json.dumps({"say": {"customers": "guests"}, "never": ["cheap"]}))
    (tmp_path / "thread.eml").write_text(COMPLAINT, newline="")
    (tmp_path / "draft.eml").write_text(EML.format("The customers of Fern Foods see it."), newline="")
    result = run(
        str(tmp_path / "draft.eml"), "--thread", str(tmp_path / "thread.eml"), "--own-domain", "firm.example",
        "--clients", str(tmp_path / "clients.json"), "--glossary", str(tmp_path / "glossary.json"), "--json",
    )  # fmt: skip
    assert result.exit_code == 1
    found = {each["family"]: each for each in told(result)["findings"]}
    assert set(found) >= {"other_client_name", "glossary", "complaint_not_owned"}
    assert found["complaint_not_owned"]["start"] is None


def test_only_and_off() -> None:
    text = "You should have told us. Your request is ridiculous."
    assert [e["family"] for e in told(run("-", "--json", "--only", "blame", text=text))["findings"]] == ["blame"]
    assert [e["family"] for e in told(run("-", "--json", "--off", "insult-person", text=text))["findings"]] == ["blame"]
    refused = run("-", "--off", "nonsense", text=text)
    assert refused.exit_code == 2
    assert refused.stderr == "amends: There is no rule or family 'nonsense': `amends rules` lists them.\n"


def test_authority_is_an_option(tmp_path: Path) -> None:
    text = "I'm sorry. You get a credit of EUR 750 today."
    assert [e["family"] for e in told(run("-", "--json", "--authority", "500", text=text))["findings"]] == [
        "beyond_authority"
    ]
    assert run("-", "--authority", "lots", text=text).exit_code == 2


def test_a_batch_has_one_answer_a_line(tmp_path: Path) -> None:
    rows = [
        {
            "id": "a",
            "eml": EML.format("The plan is ready."),
            "own_domains": ["firm.example"],
            "clients": CLIENTS,
            "glossary": {},
        },
        {
            "id": "b",
            "eml": EML.format("Noted."),
            "thread_eml": COMPLAINT,
            "own_domains": ["firm.example"],
            "clients": CLIENTS,
        },
        {"id": "c", "eml": EML.format("It costs XXX."), "own_domains": None, "clients": None, "glossary": None},
        {"id": "d", "text": "lone \ud800 surrogate"},
    ]
    file = tmp_path / "drafts.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    result = run("--batch", str(file))
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["id"], each["verdict"]) for each in found] == [
        ("a", "send"),
        ("b", "warn"),
        ("c", "hold"),
        ("d", "send"),
    ]


BAD_LINES = [
    ("{", 1), ("[]", 2), ('{"id": "c"}', "c"), ('{"id": "d", "eml": 1}', "d"), ('{"eml": "x", "clients": 3}', 5),
    ('{"id": "f", "eml": "x", "own_domains": 3}', "f"), ('{"id": "g", "text": "x", "authority": "NaN"}', "g"),
]  # fmt: skip


def test_a_bad_line_of_a_batch_is_answered_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    file.write_text("\n".join([*(line for line, _ in BAD_LINES), '{"id": "\\ud800", "text": "The plan is ready."}']))
    result = run("--batch", str(file))
    assert result.exit_code == 1
    *refused, good = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in refused] == [mark for _, mark in BAD_LINES]
    assert all(each["error"] and "verdict" not in each for each in refused)
    assert good["verdict"] == "send"
    assert result.stderr == f"7 of 8 drafts in {file} could not be checked: their answers say why.\n"


def test_neither_or_both_is_refused(tmp_path: Path) -> None:
    assert run().exit_code == 2
    assert run("-", "--batch", "x").exit_code == 2
    assert run(str(tmp_path / "missing.eml")).exit_code == 2


def test_rules_are_listed_with_examples() -> None:
    result = CliRunner().invoke(main, ["rules", "--json"])
    listed = json.loads(result.stdout)["rules"]
    assert len(listed) > 30
    assert all({"id", "family", "severity", "why", "bad", "good"} <= set(rule) for rule in listed)
    assert "blame-should-have (blame, warn)" in CliRunner().invoke(main, ["rules"]).stdout
