"""The brief of a recovery: it writes itself, people edit it, it moves on, prints, and goes out before the call."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries
from tests.pdftext import pages, words
from tests.recovering import found
from tests.smtp import Sink

from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.flows.recovery import briefs
from amends.flows.send.deliver import send_next
from amends.flows.set_up import found_firm
from amends.insights.recovery.brief_page import NoSuchRecovery, brief_page, recovery_named
from amends.mail.models import Mailbox, Message, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.models import Draft, SmtpAccount
from amends.recovery.actions.briefs import EmptyBrief, Overtaken
from amends.recovery.models import Brief, Evidence, Issue, Playbook, Recovery, Remedy


def _at(made: Recovery, rest: str = "") -> str:
    return f"/recoveries/{made.public_id}/brief/{rest}"


def test_it_writes_itself_from_what_is_known(made: Recovery, member: Member, fresh: datetime) -> None:
    issue = Issue.objects.get(place=1)
    message = Message.objects.get(message_id="angry@hartwell.example")
    Evidence.objects.create(issue=issue, kind="message", about=message.public_id, shown=True, by=member, at=fresh)
    Evidence.objects.create(
        issue=issue, kind="document", label="Contract, page 2", quote="no index", by=member, at=fresh
    )
    for what, state in (("Half of the fee", "asked"), ("A new proof", "agreed"), ("Nothing", "withdrawn")):
        Remedy.objects.create(recovery=made, issue=issue, kind="redo", what=what, state=state, currency="EUR",
                              by=member, at=fresh, changed_at=fresh)  # fmt: skip
    Playbook.objects.create(mode="billing", trade="design", name="Billing", edition=1, at=fresh,
                            content={"first_words": "Thank you for telling us.", "never": ["As I said"]})  # fmt: skip
    Recovery.objects.update(failure_mode="billing")
    team, client = (brief_page(SYSTEM, made.public_id, whom).text for whom in ("team", "client"))
    for word in (
        "Petra Hartwell",
        "Half of the fee",
        "Contract, page 2",
        "Thank you for telling us.",
        "As I said",
        "January",
    ):
        assert word in team
    for word in ("Half of the fee", "Contract", "Thank you", "January", "their list", "Nothing"):
        assert word not in client
    assert "**Agreed:** A new proof" in client
    assert "**To look at:** Re: Spring catalogue" in client
    assert client.count("## ") == 3


def test_its_queries_do_not_grow_with_its_points(
    made: Recovery, member: Member, fresh: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        brief_page(SYSTEM, made.public_id, "team")
    for number in range(20):
        issue = Issue.objects.create(
            recovery=made, place=9 + number, quote=f"{number}", said_at=fresh, by=member, at=fresh
        )
        found(issue, by=member, at=fresh)
    with django_assert_num_queries(7):
        brief_page(SYSTEM, made.public_id, "team")


def test_an_edited_version_stays_and_says_when_findings_move_on(
    browser: Browser, made: Recovery, member: Member, fresh: datetime
) -> None:
    page = browser.get(_at(made, "edit/?for=client")).content.decode()
    mark = re.search(r'name="wrote_from" value="([0-9a-f]{64})"', page)
    assert mark
    form = {"text": "# Ours\n\nWe wrote this.", "wrote_from": mark[1], "version": "0"}
    assert browser.post(_at(made, "edit/?for=client"), form)["Location"] == _at(made, "?for=client")
    page = browser.get(_at(made, "?for=client")).content.decode()
    assert "<h1>Ours</h1>" in page
    assert "As Ada Moss left it" in page
    assert "have moved on" not in page
    found(Issue.objects.get(place=2), by=member, at=fresh + timedelta(hours=1), we_do="We set page 4 anew.")
    page = browser.get(_at(made, "?for=client")).content.decode()
    assert "have moved on" in page
    assert "Point 2: the finding" in page
    assert "<del>We wrote this.</del>" in page
    assert "<ins>- **What we do:** We set page 4 anew.</ins>" in page
    browser.post(_at(made, "stands/?for=client"), {"version": "1"})
    page = browser.get(_at(made, "?for=client")).content.decode()
    assert "have moved on" not in page
    assert "We wrote this." in page


def test_two_who_edit_do_not_overwrite_each_other(
    browser: Browser, made: Recovery, member: Member, fresh: datetime
) -> None:
    briefs.edit(SYSTEM, made.public_id, "team", "Theirs.", wrote_from="x", version=0, by=member, now=fresh)
    refused = browser.post(_at(made, "edit/?for=team"), {"text": "Mine.", "wrote_from": "x", "version": "0"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Somebody else changed this brief meanwhile" in page
    assert "<del>Theirs.</del>" in page
    assert ">\nMine.</textarea>" in page
    assert 'name="version" value="1"' in page
    assert Brief.objects.get().text == "Theirs."
    with pytest.raises(Overtaken):
        briefs.edit(SYSTEM, made.public_id, "team", "Late.", wrote_from="x", version=7, by=member, now=fresh)
    with pytest.raises(EmptyBrief):
        briefs.edit(SYSTEM, made.public_id, "team", " \n", wrote_from="x", version=1, by=member, now=fresh)


def test_written_anew_it_can_be_brought_back(browser: Browser, made: Recovery, member: Member, fresh: datetime) -> None:
    briefs.edit(SYSTEM, made.public_id, "team", "By hand <b>.", wrote_from="x", version=0, by=member, now=fresh)
    page = browser.post(_at(made, "anew/?for=team"), {"version": "1"}).content.decode()
    assert not Brief.objects.exists()
    assert "By hand &lt;b&gt;.</textarea>" in page
    assert 'name="wrote_from" value="x"' in page
    browser.post(_at(made, "edit/?for=team"), {"text": "By hand <b>.", "wrote_from": "x", "version": "0"})
    assert Brief.objects.get().text == "By hand <b>."


def test_each_form_of_it_says_the_same(browser: Browser, made: Recovery) -> None:
    for whom in ("team", "client"):
        text = browser.get(_at(made, f"file.md?for={whom}")).content.decode()
        assert "furious" in text
        html = browser.get(_at(made, f"file.html?for={whom}"))
        assert html["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert "<style>" in html.content.decode()
        made_pdf = browser.get(_at(made, f"file.pdf?for={whom}"))
        assert made_pdf["Content-Type"] == "application/pdf"
        assert pages(made_pdf.content) == 1
        assert "I am furious that the third invoice has an error again." in words(made_pdf.content)
        paper = browser.get(_at(made, f"paper/?for={whom}")).content.decode()
        assert "furious" in paper
        assert "style=" not in paper
    assert "their list" not in browser.get(_at(made, "file.md?for=client")).content.decode()
    assert browser.get(_at(made, "file.exe")).status_code == 404
    assert browser.get(_at(made, "?for=press")).status_code == 404


def _mail(**more: object) -> dict[str, object]:
    return {"key": str(uuid7()), "to": ["petra@hartwell.example"], "text": "Dear Petra,\n\nbefore we speak, this.",
            "with_pdf": "on", **more}  # fmt: skip


def _seen(page: str) -> list[str]:
    return re.findall(r'name="seen" value="([0-9a-f]{16})"', page)


def _send(browser: Browser, made: Recovery, form: dict[str, object]) -> None:
    """As somebody who looks at what the check says, and sends all the same."""
    answer = browser.post(_at(made, "send/"), form)
    if answer.status_code == 422:
        answer = browser.post(_at(made, "send/"), {**form, "seen": _seen(answer.content.decode())})
    assert answer.status_code == 302, answer.content.decode()


def test_it_goes_out_before_the_call(
    browser: Browser, made: Recovery, account: SmtpAccount, server: Sink, fresh: datetime
) -> None:
    page = browser.get(_at(made, "send/")).content.decode()
    assert 'value="petra@hartwell.example" checked' in page or "checked" in page
    assert "ben@studio.example" not in page
    form = _mail()
    _send(browser, made, form)
    draft = Draft.objects.get()
    assert (draft.state, draft.thread) == ("queued", Message.objects.get(message_id="angry@hartwell.example").thread)
    made.refresh_from_db()
    assert made.answered_at is None  # it may still be taken back
    kept = Brief.objects.get()
    assert (kept.whom, kept.draft) == ("client", draft.public_id)
    assert "On its way" in browser.get(_at(made, "?for=client")).content.decode()
    browser.post(_at(made, "send/"), form)  # the form sent twice
    assert Draft.objects.count() == 1

    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(seconds=11))
    made.refresh_from_db()
    assert made.answered_at is not None
    left = message_from_bytes(server.raw(), policy=policy.default)
    assert isinstance(left, EmailMessage)
    assert left["In-Reply-To"] == "<angry@hartwell.example>"
    body = left.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.startswith("Dear Petra,")
    assert "1. “I am furious that the third invoice has an error again.”" in text
    for inside in ("their list", "January", "##", "**"):
        assert inside not in text
    (attached,) = left.iter_attachments()
    assert attached.get_filename() == "Hartwell, brief.pdf"
    assert "furious" in words(attached.get_content())
    assert "Sent to" in browser.get(_at(made, "?for=client")).content.decode()
    assert browser.get(f"/threads/{draft.thread.public_id}/").content.decode().count("before we speak") >= 1


def test_what_the_check_warns_of_is_looked_at_first(browser: Browser, made: Recovery, account: SmtpAccount) -> None:
    form = _mail(text="Dear Petra,\n\nas I already told you, you should have checked your own list.")
    first = browser.post(_at(made, "send/"), form)
    assert first.status_code == 422
    assert not Draft.objects.exists()
    assert not Brief.objects.exists()
    page = first.content.decode()
    assert "It was not sent yet" in page
    assert "you should have" in page


def test_it_goes_to_nobody_but_people_of_the_client(browser: Browser, made: Recovery, account: SmtpAccount) -> None:
    refused = browser.post(_at(made, "send/"), _mail(to=["press@elsewhere.example"]))
    assert refused.status_code == 422
    assert "Nobody would get it" in browser.post(_at(made, "send/"), _mail(to=[])).content.decode()
    assert not Draft.objects.exists()


def test_without_a_conversation_it_says_so(browser: Browser, made: Recovery, account: SmtpAccount) -> None:
    made.threads.all().delete()
    assert "no conversation to answer in" in browser.get(_at(made, "send/")).content.decode()


def test_whoever_may_not_read_the_conversation_gets_none_of_it(
    client: Browser, browser: Browser, made: Recovery, member: Member, fresh: datetime
) -> None:
    other = Member.objects.create_member(
        email="ben@studio.example", name="Ben", role=Role.PARTNER, now=fresh, password="x" * 14
    )
    box = Mailbox.objects.get(address="ada@studio.example")
    box.owner, box.visibility = member, Visibility.METADATA
    box.save()
    with pytest.raises(Recovery.DoesNotExist):
        brief_page(Reader(other), made.public_id, "team")
    assert brief_page(Reader(member), made.public_id, "team").points == 3
    client.force_login(other, backend="amends.firm.sign_in.MemberBackend")
    for rest in ("", "edit/", "paper/", "file.pdf", "file.md", "file.html", "send/"):
        answer = client.get(_at(made, rest))
        assert answer.status_code == 404
        assert "furious" not in answer.content.decode()
    for rest in ("edit/", "anew/", "stands/", "send/"):
        assert client.post(_at(made, rest), {"text": "x", "version": 0}).status_code == 404


def test_roles_and_other_firms(client: Browser, made: Recovery, fresh: datetime) -> None:
    viewer = Member.objects.create_member(
        email="f@studio.example", name="F", role=Role.FINANCE_VIEWER, now=fresh, password="x" * 14
    )
    client.force_login(viewer, backend="amends.firm.sign_in.MemberBackend")
    assert client.get(_at(made)).status_code == 403
    other = found_firm(["rival.example"], now=fresh, name="Rivals")
    with firm_scope(other):
        boss = Member.objects.create_member(
            email="b@rival.example", name="B", role=Role.ADMINISTRATOR, now=fresh, password="x" * 14
        )
        client.force_login(boss, backend="amends.firm.sign_in.MemberBackend")
    for rest in ("", "edit/", "paper/", "file.pdf", "send/"):
        assert client.get(_at(made, rest)).status_code == 404


def test_a_recovery_is_named_by_its_client(made: Recovery) -> None:
    assert recovery_named("hartwell") == recovery_named(str(made.public_id)) == made.public_id
    with pytest.raises(NoSuchRecovery, match="no open recovery of a client called 'Nobody'"):
        recovery_named("Nobody")
    Recovery.objects.create(client=made.client, title="Another", began_at=made.began_at, opened_at=made.opened_at)
    with pytest.raises(NoSuchRecovery, match="Several recoveries fit"):
        recovery_named("Hartwell")


def test_the_command(made: Recovery, firm: Firm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from amends.cli import brief as command
    from amends.cli.main import main

    monkeypatch.setattr(command, "open_home", lambda **_: None)  # the test has a database already
    run = CliRunner().invoke(main, ["brief", "Hartwell", "--for", "team"])
    assert run.exception is None, (run.exception, run.output)
    assert (run.exit_code, run.output.splitlines()[0]) == (0, "# Hartwell: Third invoice with an error")
    assert "<style>" in CliRunner().invoke(main, ["brief", "Hartwell", "--format", "html"]).output
    out = tmp_path / "brief.pdf"
    assert CliRunner().invoke(main, ["brief", "Hartwell", "--format", "pdf", "-o", str(out)]).exit_code == 0
    assert "furious" in words(out.read_bytes())
    missing = CliRunner().invoke(main, ["brief", str(uuid.uuid4())])
    assert missing.exit_code == 2
    assert "There is no recovery" in missing.output
