"""A firm with closed mail and the same firm without: pages tell no difference, but that there is such mail."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from tests.integration.firm.conftest import CLOSED, PROBE, TOPIC, WRONG, body_of, closed_letter, closed_messages
from tests.integration.web.conftest import no_firm
from tests.letters import bring

from amends.clients.models import Client
from amends.firm.models import Member, Role
from amends.flows.judge import judge_new
from amends.mail.models import Message
from amends.signals.models import Signal

# -- a firm with the closed mail and one without --------------------------------------------------------------------


def _pages(browser: Browser, ids: dict[str, Any]) -> dict[str, str]:
    """What somebody sees everywhere, without what differs from request to request."""
    client, thread = ids["client"], ids["thread"]
    addresses = {
        "today": "/", "clients": "/clients/", "named": "/clients/?q=hartwell&sort=name",
        "client": f"/clients/{client}/",
        "timeline": f"/clients/{client}/timeline/", "thread": f"/threads/{thread}/", "find": f"/search/?q={PROBE}",
        "find more": "/search/?q=the", "find topic": f"/search/?q={TOPIC}", "palette": "/go/?q=h",
        "options": "/clients/options/?q=h", "import": "/import/", "aside": "/set-aside/", "apart": "/set-apart/",
        "reading": "/reading/", "who": "/mailboxes/who/", "model": "/model/",
    }  # fmt: skip
    found = {}
    for name, address in addresses.items():
        with no_firm():
            text = body_of(browser.get(address))
        once = r'name="(?:csrfmiddlewaretoken|key)" value="[^"]+"|hx-headers=\'[^\']+\'|data-check-key="[^"]+"'
        text = re.sub(once, "", text)
        found[name] = text
    return found


def _lines(text: str) -> list[str]:
    """A tag or a text a line; the moment at which a page was drawn is none of what it shows."""
    text = re.sub(r'(name="shown" value=")\S+', r"\1", text)
    return [line.strip() for line in re.split(r"(?=<)|(?<=>)", text) if line.strip()]


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR])
def test_pages_are_the_same_byte_for_byte_with_and_without_closed_mail(
    client: Browser, open_mail: None, others: dict[str, Member], fresh: datetime, role: str
) -> None:
    """Where it makes no signal; only that it exists is said, on the pages of its client and of its conversation."""
    client.force_login(others[role], backend="amends.firm.sign_in.MemberBackend")
    ids = {"client": Client.objects.get().public_id,
           "thread": Message.objects.get(message_id="plan1@hartwell.example").thread.public_id}  # fmt: skip
    before = _pages(client, ids)
    bring(
        closed_letter(
            "We look forward to the plan.", at=fresh - timedelta(days=4), references=["plan1@hartwell.example"]
        ),
        closed_letter("See you on Friday.", at=fresh - timedelta(days=5), number=1),
        closed_letter("Buy now.", at=fresh - timedelta(days=6), number=2, headers={"List-Unsubscribe": "<https://x/>"}),
        closed_letter("Thanks.", at=fresh - timedelta(days=7), number=3),
        now=fresh,
        address=CLOSED,
    )
    Message.objects.filter(subject=f"{TOPIC} 3").update(set_aside="It could not be read whole.")
    judge_new(now=fresh)
    after = _pages(client, ids)
    for text, said in (("client", "There is mail here that you may not read."),
                       ("thread", "There is more in this conversation that you may not read.")):  # fmt: skip
        assert said in after[text]
        after[text] = re.sub(rf'(?s)\s*<p class="muted small closed-mail">.*?{re.escape(said)}</p>', "", after[text])
        before[text] = re.sub(r"\n\s*\n", "\n", before[text])
        after[text] = re.sub(r"\n\s*\n", "\n", after[text])
    for name, text in before.items():
        assert _lines(after[name]) == _lines(text), name


def test_how_many_closed_complaints_there_are_cannot_be_told(
    client: Browser, open_mail: None, others: dict[str, Member], fresh: datetime
) -> None:
    """Three and six look alike, on every page and in every form."""
    client.force_login(others[Role.STAFF], backend="amends.firm.sign_in.MemberBackend")
    ids = {"client": Client.objects.get().public_id,
           "thread": Message.objects.get(message_id="plan1@hartwell.example").thread.public_id}  # fmt: skip
    seen = []
    for numbers in ((0, 1, 2), (3, 4, 5)):
        at = fresh - timedelta(days=5)
        bring(
            *(closed_letter(WRONG, at=at + timedelta(minutes=number), number=number) for number in numbers),
            now=fresh,
            address=CLOSED,
        )
        judge_new(now=fresh)
        seen.append(_pages(client, ids))
    assert Signal.objects.filter(message__in=closed_messages(), kind="complaint").count() == 6
    three, six = seen
    assert "In mail that you may not read" in three["today"]
    for name in three:
        assert _lines(six[name]) == _lines(three[name]), name
