"""The pages of making good and learning: what is shown, what is refused, what opening a link changes, who may."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.conftest import NOW
from tests.integration.making_good.conftest import QUOTE, person

from amends.clients.models import Engagement
from amends.firm.budgets import limits_of_role, purse_of
from amends.firm.models import AuditEntry, Budget, BudgetEntry, Member, Role
from amends.flows.recovery import remedies
from amends.flows.recovery.remedies import Typed
from amends.mail.models import Mailbox, Visibility
from amends.mail.queries import SYSTEM
from amends.outbox.models import Draft, SmtpAccount
from amends.recovery.models import Approval, Finding, Issue, Playbook, Recovery, Remedy

Enter = Callable[[Member], Browser]


@pytest.fixture
def enter(client: Browser) -> Enter:
    """Sign somebody in."""

    def signed_in(member: Member) -> Browser:
        client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
        return client

    return signed_in


def _later(day: int = 7) -> str:
    return f"{datetime.now(UTC) + timedelta(days=day):%Y-%m-%d}"


def _page(recovery: Recovery, name: str = "recovery-giving") -> str:
    return reverse(name, args=[recovery.public_id])


def _asked(recovery: Recovery, by: Member) -> Approval:
    given = Typed("credit", "Credit for March", cost="400", due=_later(), because="She waited for weeks.")
    return remedies.give(SYSTEM, recovery.public_id, given, by=by, now=datetime.now(UTC)).approval


def _body(response: Any) -> str:
    return str(response.content.decode())


def test_given_inside_it_is_there_and_can_be_undone(recovery: Recovery, ben: Member, enter: Enter) -> None:
    browser = enter(ben)
    shown = _body(browser.get(_page(recovery)))
    assert "A right invoice, and an excuse" in shown
    assert "€250</strong> of your budget is left" in shown
    given = {"do": "give", "kind": "credit", "what": "Credit for March", "cost": "80", "due": _later()}
    answer = browser.post(_page(recovery), given, follow=True)
    remedy = Remedy.objects.get()
    undo = f"{reverse('remedy-do', args=[recovery.public_id, remedy.public_id])}?do=undo&amp;from=agreed&amp;to=offered"
    assert f'action="{undo}"' in _body(answer)
    assert "€170</strong> of your budget is left" in _body(answer)
    browser.post(undo.replace("&amp;", "&"), {"next": _page(recovery)})
    remedy.refresh_from_db()
    assert remedy.state == "offered"
    assert purse_of(ben, now=datetime.now(UTC)).spent == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cost": "-80"}, "An amount cannot be negative"), ({"cost": "1.500"}, "can be 1500 or 1.500"),
        ({"due": "2020-01-01"}, "1 January 2020 is over"), ({"issue": "no id"}, "That point is no longer there"),
        ({"kind": "bribe"}, "Choose what is given"), ({"cost": "99999999999"}, "look at the zeros"),
    ],
)  # fmt: skip
def test_what_is_refused_stays_as_it_was_typed(
    recovery: Recovery, ben: Member, enter: Enter, given: dict[str, str], said: str
) -> None:
    typed = {"do": "give", "kind": "credit", "what": "Credit for March", "cost": "80", "due": _later(), **given}
    answer = enter(ben).post(_page(recovery), typed)
    assert answer.status_code == 422
    assert said in _body(answer)
    assert 'value="Credit for March"' in _body(answer)
    assert not Remedy.objects.exists()


def test_a_playbook_suggests_what_helped_and_fills_the_form(recovery: Recovery, ben: Member, enter: Enter) -> None:
    content = {"remedies": [{"kind": "credit", "what": "Half of the invoice", "cost": 12}]}
    Playbook.objects.create(mode="wrong invoice", trade="any", name="x", edition=1, content={}, at=NOW)
    Playbook.objects.create(mode="wrong invoice", trade="any", name="x", edition=2, content=content, at=NOW)
    Recovery.objects.update(failure_mode="wrong invoice")
    browser = enter(ben)
    assert "Half of the invoice <span" in _body(browser.get(_page(recovery)))
    filled = _body(browser.get(_page(recovery), {"suggestion": "0"}))
    assert 'name="cost" inputmode="decimal" value="12.00"' in filled
    assert _body(browser.get(_page(recovery), {"suggestion": "7"})).count('value="12.00"') == 0


def test_where_the_client_was_wrong_goodwill_is_offered(recovery: Recovery, ben: Member, enter: Enter) -> None:
    Finding.objects.create(issue=Issue.objects.get(), responsibility="client", at=NOW)
    shown = _body(enter(ben).get(_page(recovery)))
    assert "be kind to people even if they are in the wrong" in shown
    assert 'name="goodwill" value="yes" checked' in shown


def test_opening_the_link_changes_nothing(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    approval = _asked(recovery, ben)
    before = [list(model.objects.values()) for model in (Approval, Remedy, BudgetEntry, AuditEntry)]
    browser = enter(eve)
    address = reverse("approval", args=[approval.public_id])
    for _time in range(2):
        shown = _body(browser.get(address))
        browser.head(address)
    assert [list(model.objects.values()) for model in (Approval, Remedy, BudgetEntry, AuditEntry)] == before
    for words in ("€400", "She waited for weeks.", QUOTE, "A right invoice, and an excuse", "Approve €400",
                  "€100 · €250 of their budget is left"):  # fmt: skip
        assert words in shown


def test_approved_on_the_page(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    address = reverse("approval", args=[_asked(recovery, ben).public_id])
    browser = enter(eve)
    assert browser.post(address, {"do": "approve"}).status_code == 302
    assert Remedy.objects.get().state == "agreed"
    again = browser.post(address, {"do": "refuse", "why": "x"})
    assert (again.status_code, "Eve Reed approved it already" in _body(again)) == (409, True)


def test_without_a_reason_it_is_not_refused(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    address = reverse("approval", args=[_asked(recovery, ben).public_id])
    answer = enter(eve).post(address, {"do": "refuse", "why": ""})
    assert (answer.status_code, "Say why not" in _body(answer)) == (422, True)
    assert Approval.objects.get().decision == "open"


def test_forged_links_are_not_there(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    approval = _asked(recovery, ben)
    browser = enter(eve)
    for forged in (uuid.uuid4(), approval.remedy.public_id, recovery.public_id):
        address = reverse("approval", args=[forged])
        assert browser.get(address).status_code == browser.post(address, {"do": "approve"}).status_code == 404
    good = reverse("approval", args=[approval.public_id])
    assert browser.post(good, {"do": "steal"}).status_code == 404
    other = reverse("remedy-do", args=[uuid.uuid4(), approval.remedy.public_id])
    assert browser.post(other, {"do": "withdraw"}).status_code == 404
    assert Approval.objects.get().decision == "open"


def test_who_may_not_decide_decides_nothing(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    address = reverse("approval", args=[_asked(recovery, ben).public_id])
    browser = enter(ben)
    assert "nobody approves what they asked for" in _body(browser.get(address))
    assert "Approve €400" not in _body(browser.get(address))
    assert browser.post(address, {"do": "approve"}).status_code == 403
    browser = enter(person("amy", Role.ACCOUNT_MANAGER))
    assert browser.get(address).status_code == browser.post(address, {"do": "approve"}).status_code == 404
    assert _body(browser.get(reverse("approvals"))).count("Credit for March") == 0
    browser = enter(person("vic", Role.FINANCE_VIEWER))
    assert browser.get(address).status_code == browser.post(address, {"do": "approve"}).status_code == 403
    assert Approval.objects.get().decision == "open"


def test_an_approver_who_may_not_read_the_mail_sees_no_words_of_it(
    recovery: Recovery, ben: Member, eve: Member, enter: Enter
) -> None:
    address = reverse("approval", args=[_asked(recovery, ben).public_id])
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=ben)
    shown = _body(enter(eve).get(address))
    assert "€400" in shown
    assert QUOTE not in shown
    assert "A right invoice, and an excuse" not in shown


def test_who_may_not_read_it_sees_nothing_of_it(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    Recovery.objects.update(root_cause="Nobody read it twice")
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=eve)
    browser = enter(ben)
    for name in ("recovery-giving", "recovery-learning"):
        shown = _body(browser.get(_page(recovery, name)))
        assert "mail that is closed to you" in shown
        for words in (QUOTE, "an excuse", "Errors in invoices", "Nobody read it twice"):
            assert words not in shown
    answer = browser.post(_page(recovery), {"do": "give"})
    assert (answer.status_code, "mail that is closed to you" in _body(answer)) == (422, True)
    assert browser.post(_page(recovery, "recovery-learning"), {"root_cause": "x"}).status_code == 404


def test_the_value_at_risk_is_for_those_who_see_money(
    recovery: Recovery, ben: Member, eve: Member, enter: Enter
) -> None:
    Engagement.objects.create(client=recovery.client, name="Retainer", yearly_value=Decimal(48000), created_at=NOW)
    shown = _body(enter(eve).get(_page(recovery)))
    assert "€48,000</span> a year is at risk" in shown
    assert "never certain" in shown
    for words in ("48,000", "at risk", "What it means in money"):
        assert words not in _body(enter(ben).get(_page(recovery)))


def test_a_budget_is_ones_own_and_everybodys_for_those_who_decide(
    recovery: Recovery, ben: Member, eve: Member, enter: Enter
) -> None:
    given = Typed("credit", "Credit for March", cost="80", due=_later())
    remedies.give(SYSTEM, recovery.public_id, given, by=ben, now=datetime.now(UTC))
    address, his, hers = reverse("budget"), {"who": str(ben.public_id)}, {"who": str(eve.public_id)}
    browser = enter(ben)
    assert "€170</strong> of €250 is left" in _body(browser.get(address))
    assert browser.get(address, hers).status_code == browser.get(address, {"who": "all"}).status_code == 404
    browser = enter(eve)
    assert "Budget of Ben Reed" in _body(browser.get(address, his))
    assert "Ben Reed ·" in _body(browser.get(address, {"who": "all"}))
    assert "This budget is not bounded" in _body(browser.get(address))
    assert browser.get(address, {"who": "nobody"}).status_code == 404


def test_an_administrator_sets_what_roles_and_people_may_give(ben: Member, member: Member, enter: Enter) -> None:
    browser = enter(member)
    assert 'name="most-credit" value="100"' in _body(browser.get(reverse("budgets")))
    role = reverse("budget-role", args=["staff"])
    browser.post(role, {"most-credit": "150.50", "most-fix": "any", "budget": "500", "period": "month"})
    limits = limits_of_role("staff")
    assert (limits["credit"].most, limits["fix"].most, limits["fix"].alone, limits["redo"].alone) == (
        150_50, None, True, False,
    )  # fmt: skip
    assert Budget.objects.get().amount == 500_00
    refused = browser.post(role, {"most-credit": "1.500", "budget": "77"})
    assert (refused.status_code, "can be 1500 or 1.500" in _body(refused)) == (422, True)
    assert 'name="budget" value="77"' in _body(refused)
    one = reverse("budget-member", args=[ben.public_id])
    browser.post(one, {"limit": "40", "budget": "", "period": "month"})
    ben.refresh_from_db()
    assert ben.authority == Decimal(40)
    assert browser.post(reverse("budget-role", args=["finance_viewer"]), {}).status_code == 404
    assert enter(ben).post(role, {"most-fix": "any"}).status_code == 403


def test_as_many_queries_however_much_was_given(
    recovery: Recovery, ben: Member, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    browser = enter(ben)
    for number in range(12):
        given = Typed("fix", f"Fix {number}", cost="1", due=_later())
        remedies.give(SYSTEM, recovery.public_id, given, by=ben, now=datetime.now(UTC))
    with django_assert_max_num_queries(22):
        browser.get(_page(recovery))


# -- learning -----------------------------------------------------------------------------------------------------


def test_learned_asked_and_closed_by_their_yes(recovery: Recovery, ben: Member, enter: Enter) -> None:
    SmtpAccount.objects.create(host="127.0.0.1", port=1, security="plain", from_address="hi@studio.example",
                               changed_at=NOW)  # fmt: skip
    browser, page = enter(ben), _page(recovery, "recovery-learning")
    learned = {"version": "1", "root_cause": "Nobody read it twice", "failure_mode": "wrong invoice", "kept_word": "no"}
    assert browser.post(page, learned).status_code == 302
    late = browser.post(page, {**learned, "root_cause": "Mine"})
    assert (late.status_code, "Mine</textarea>" in _body(late)) == (409, True)
    asking = _page(recovery, "recovery-ask")
    warned = browser.post(asking, {"do": "send", "text": "You should have read the contract. Is it right now?"})
    assert (warned.status_code, "It was not sent yet" in _body(warned)) == (422, True)
    browser.post(asking, {"do": "prepare"})
    text = Draft.objects.get().text
    browser.post(asking, {"do": "send", "text": text})
    assert (Draft.objects.get().state, Recovery.objects.get().asks) == ("queued", 1)
    closing = _page(recovery, "recovery-close")
    nothing = browser.post(closing, {"do": "yes"})
    assert (nothing.status_code, "Only their yes closes it" in _body(nothing)) == (422, True)
    early = browser.post(closing, {"do": "unconfirmed"})
    assert (early.status_code, "Partners and administrators" in _body(early)) == (422, True)
    done = browser.post(closing, {"do": "yes", "phone": "Petra, on Monday: all is well"}, follow=True)
    assert "The client says that it is right now." in _body(done)
    assert "Petra, on Monday: all is well" in _body(done)
    assert f'action="{closing}?do=undo"' in _body(done)
    whole = _body(browser.get(_page(recovery, "recovery")))
    assert "on the phone: “" in whole
    assert "phone: Petra" not in whole
    assert 'aria-current="step"' not in whole
    assert '<details class="stage stage-ahead" id="learn" open>' in whole
    assert "Open it again</button>" in whole.split('class="stages"')[0]
    browser.post(f"{closing}?do=undo", {"next": page})
    assert Recovery.objects.get().closed_at is None


def test_today_says_what_waits(recovery: Recovery, ben: Member, eve: Member, enter: Enter) -> None:
    _asked(recovery, ben)
    Recovery.objects.update(ask_at=NOW - timedelta(days=1))
    shown = _body(enter(eve).get(reverse("today")))
    assert "1 remedy waits for approval." in shown
    assert "is to be asked whether it is right now" not in shown
    browser = enter(ben)
    shown = _body(browser.get(reverse("today")))
    assert "waits for approval" not in shown
    assert "1 client is to be asked whether it is right now." in shown
    assert "Errors in invoices" in _body(browser.get(reverse("recoveries-to-ask")))


def test_the_end_of_an_engagement_shows_recoveries_and_asks(recovery: Recovery, enter: Enter) -> None:
    amy = person("amy", Role.ACCOUNT_MANAGER)
    work = Engagement.objects.create(
        client=recovery.client, name="Retainer", starts_on=(NOW - timedelta(days=60)).date(), created_at=NOW
    )
    browser, ids = enter(amy), [recovery.client.public_id, work.public_id]
    shown = _body(browser.get(reverse("engagement-close", args=ids)))
    assert "Errors in invoices" in shown
    assert "required" in shown
    answer = browser.post(reverse("engagement-ask", args=ids))
    assert "#reply" in answer["Location"]
    assert Draft.objects.get().text.startswith("Dear Petra,")
