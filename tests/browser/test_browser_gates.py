"""A gate and a clearance in a real browser: gone through, accessible, and fitting a telephone; pictures are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from amends.clients.models import Engagement
    from amends.firm.models import Member

Shoot = Callable[["Page", str], None]


@pytest.fixture
def work(mail: None, member: Member, fresh: datetime) -> Engagement:
    """A launch with Hartwell, who are in health; two questions are answered, and a release is half cleared."""
    from amends.boundaries.models import ClearanceCheck, Gate, GateQuestion
    from amends.clients.actions.glossary import add_term
    from amends.clients.models import Client, Standing
    from amends.flows.boundaries import clearance, gates
    from amends.flows.engagements import begin
    from amends.mail.queries import Reader

    client = Client.objects.get(name="Hartwell")
    Client.objects.filter(pk=client.pk).update(industry="Health care", standing=Standing.CLIENT, standing_fixed=True)
    client.refresh_from_db()
    made = begin(client, {"name": "Launch", "starts_on": fresh.date()}, member=member, now=fresh)
    gate = Gate.objects.get()
    add_term(client, "cases", right="patients", why="", by=member, now=fresh)
    for one in GateQuestion.objects.filter(gate=gate)[:2]:
        gates.answer(gate.public_id, one.public_id, "Patients, never cases.", told_by="Petra", by=member, now=fresh)
    gates.show(
        Reader(member), gate.public_id, part="glossary", words="Petra read it aloud on the telephone and said yes.",
        said_on=fresh.date(), by=member, now=fresh,
    )  # fmt: skip
    values = {"what": "Fly Like an Eagle", "where": "Radio and the website", "answers": member}
    day = (fresh + timedelta(days=3)).date()
    out = clearance.announce(made.public_id, {**values, "goes_on": day}, kind="pr", by=member, now=fresh)
    first, second, third = ClearanceCheck.objects.filter(publication=out).order_by("place")[:3]
    deed: dict[str, Any] = {"by": member, "now": fresh}
    clearance.rest_on(
        Reader(member), out.public_id, first.public_id, kind="link", words="https://register.example/1", **deed
    )
    clearance.settle(out.public_id, first.public_id, "clear", **deed)
    clearance.settle(out.public_id, second.public_id, "not_needed", reason="No terms of the trade in it.", **deed)
    clearance.settle(out.public_id, third.public_id, "stopped", reason="It is a song of Steve Miller’s.", **deed)
    clearance.paste(out.public_id, "Our cases fly like an eagle, as Delacroix does.")
    return made


def _addresses(work: Engagement) -> dict[str, str]:
    from amends.boundaries.models import Gate, Publication
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope

    with firm_scope(Firm.objects.get()):
        gate, out = Gate.objects.get(), Publication.objects.get()
        client = work.client.public_id
    return {
        "gate": f"/gates/{gate.public_id}/", "gates": "/gates/", "clearance": f"/clearance/{out.public_id}/",
        "clearances": "/clearance/", "engagement-ready": f"/clients/{client}/engagements/{work.public_id}/",
        "clearance-new": f"/clearance/new/?engagement={work.public_id}", "lists": "/lists/",
        "list": "/lists/checks/pr/", "promises-clear": "/promises/",
    }  # fmt: skip


def _broken(page: Page, name: str) -> list[str]:
    results = Axe().run(page)
    return [
        f"{name}: {violation['id']} {node['target']} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wide(page: Page, work: Engagement, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles = []
    for name, address in _addresses(work).items():
        page.goto(address)
        shoot(page, f"{name}-wide-{theme}")
        troubles += _broken(page, name)
        if name in {"gate", "clearance"}:
            _unfold(page)
            shoot(page, f"{name}-open-{theme}")
            troubles += _broken(page, f"{name}, open")
    assert troubles == []


def test_narrow_pages_never_scroll_sideways(narrow_page: Page, work: Engagement, shoot: Shoot) -> None:
    page = narrow_page
    troubles = []
    for name, address in _addresses(work).items():
        page.goto(address)
        shoot(page, f"{name}-narrow-light")
        _unfold(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{name}: {beyond} px too wide"] if beyond > 0 else []
        troubles += _broken(page, name)
    assert troubles == []


def test_a_gate_is_overridden_and_that_undone(page: Page, work: Engagement) -> None:
    page.goto(_addresses(work)["gate"])
    page.get_by_text("Begin all the same").click()
    page.get_by_label("Why it begins although this is missing").fill("They know the risk.")
    page.get_by_role("button", name="Override the gate").click()
    page.get_by_text("Overridden, with your reason.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("It is open again.").wait_for()
