"""A folder of Outlook files comes in like any other archive, and its originals can be had again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.test import Client as Browser
from tests import outlook as o
from tests.conftest import NOW

from amends.firm.models import Firm, Member
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run
from amends.mail.models import Message
from amends.mail.reading import ReaderPool


def test_a_folder_of_outlook_files_comes_in_once(firm: Firm, member: Member, client: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    ada = {o.NAME: "Ada Moss", o.SMTP: "ada@studio.example", o.RECIPIENT_TYPE: 1}
    petra = {o.SENDER_NAME: "Petra", o.SENDER_SMTP: "petra@hartwell.example", o.SENT_AT: NOW - timedelta(days=2)}
    letter = o.msg(
        {**petra, o.SUBJECT: "The invoice", o.BODY: "The invoice is wrong.", o.MESSAGE_ID: "<1@hartwell.example>"},
        recipients=[ada],
        attachments=[{o.METHOD: 1, o.LONG_NAME: "invoice.pdf", o.MIME: "application/pdf", o.DATA: b"%PDF-1.4"}],
    )
    (folder / "letter.msg").write_bytes(letter)
    (folder / "draft.msg").write_bytes(o.msg({**petra, o.FLAGS: 8, o.BODY: "Not yet"}, recipients=[ada]))
    (folder / "sheet.xls").write_bytes(o.compound({"Workbook": b"x" * 6000}))
    with ReaderPool() as readers:
        report = run_import(begin_run([folder], now=NOW), readers=readers, clock=lambda: NOW)
        again = run_import(begin_run([folder], now=NOW), readers=readers, clock=lambda: NOW)
    assert (report.imported, dict(report.skipped)) == (
        1, {"a draft, not sent": 1, "an Office file, not a message": 1},
    )  # fmt: skip
    assert (again.imported, again.duplicates) == (0, 1)
    message = Message.objects.get()
    assert (message.subject, message.sender_email, message.attachment_count) == (
        "The invoice", "petra@hartwell.example", 1,
    )  # fmt: skip
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    original = client.get(f"/messages/{message.public_id}/original")
    assert original.content == letter
    assert original["Content-Disposition"].endswith('.msg"')
    index = message.body.attachments[0]["index"]
    assert client.get(f"/messages/{message.public_id}/attachments/{index}").content == b"%PDF-1.4"
