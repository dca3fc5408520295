"""A real browser on a real server, with a firm whose mail holds one of everything.

Debian's chromium serves. Without one the tests are skipped and say so; AMENDS_REQUIRE_BROWSER=1 makes that a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.letters import judged, letter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from amends.firm.models import Firm, Member

PASSWORD = "a long password 1"
SHOTS = Path(__file__).resolve().parents[2] / "test-output" / "screenshots"
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_HOUSES = ("Hartwell", "Delacroix", "Pelham", "Kestrel")
_SAID = (
    "I am furious that the third invoice has an error again.",
    "I am disappointed that the plan was not ready, as we discussed twice.",
    "The price in the brochure is wrong.",
    "Could you send me the plan by Thursday?",
)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the tests


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, started once."""
    path = shutil.which("chromium")
    if path is None:
        message = "there is no chromium: install Debian's package to run the browser tests"
        if os.environ.get("AMENDS_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def fresh() -> datetime:
    """Pages look from the real clock; the mail is a few days old by it."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def mail(transactional_db: None, firm: Firm, fresh: datetime) -> None:
    """Four clients who need us, a newsletter, a message with HTML and quotes, and a broken one."""
    letters = []
    for number, (house, said) in enumerate(zip(_HOUSES, _SAID, strict=True)):
        who, domain = f"Petra {house} <petra@{house.lower()}.example>", f"{house.lower()}.example"
        for week in range(12, 1, -1):
            at = fresh - timedelta(weeks=week, hours=number)
            asked, answered = f"w{week}@{domain}", f"a{week}@{domain}"
            letters.append(letter("Dear Ada,\n\nthank you, that is fine.\n", at=at, sender=who, message_id=asked,
                                  subject=f"Week {week}"))  # fmt: skip
            letters.append(letter("Dear Petra,\n\nhere it is.\n", at=at + timedelta(hours=3), to=who,
                                  sender="Ada Moss <ada@studio.example>", subject=f"Re: Week {week}",
                                  message_id=answered,
                                  references=[asked]))  # fmt: skip
        letters.append(
            letter(f"Dear Ada,\n\n{said} Please look at it.\n\nPetra\n\nOn Monday Ada wrote:\n> here it is.\n",
                   at=fresh - timedelta(days=4, hours=number), sender=who, subject="Re: Week 2",
                   message_id=f"now@{domain}", references=[f"w2@{domain}", f"a2@{domain}"])
        )  # fmt: skip
    letters.append(
        letter("Buy now.", at=fresh - timedelta(days=1), sender="News <news@bulk.example>", subject="Our offers",
               headers={"List-Unsubscribe": "<https://bulk.example/u>"})
    )  # fmt: skip
    judged(*letters, now=fresh)
    _boxes(fresh)


def _boxes(fresh: datetime) -> None:
    """A live mailbox in each state."""
    from amends.mail.models import Account, AccountState, Folder, Mailbox, Outcome, Remote

    troubles: dict[str, str] = {
        AccountState.REFUSED: "imap.studio.example refused the user name or the password (Authentication failed): "
        "check both, and use an app password where the provider asks for one.",
        AccountState.TROUBLE: "mail.studio.example does not answer on port 993: check the name and the port.",
    }
    for number, state in enumerate(AccountState.values):
        box = Mailbox.objects.create(address=f"{state}@studio.example", created_at=fresh)
        account = Account.objects.create(
            mailbox=box, host="imap.studio.example", username=box.address, since=fresh.date(), state=state,
            state_since=fresh - timedelta(days=2, hours=number), created_at=fresh, problem=troubles.get(state, ""),
            succeeded_at=fresh - timedelta(minutes=2) if state == "ready" else None,
        )  # fmt: skip
        read = state not in {"new", "refused"}
        for name, role in (("INBOX", "inbox"), ("Sent Items", "sent"), ("Projects/2026", ""), ("Junk", "junk")):
            chosen = role in {"inbox", "sent"}
            folder = Folder.objects.create(
                account=account, name=name, role=role, chosen=chosen, expected=10_000 * read,
                done=620 * (read and chosen), stored=600 * (read and chosen), duplicates=18 * (read and chosen),
                left_out=2 * (read and chosen),
            )  # fmt: skip
        Remote.objects.create(
            folder=folder, uidvalidity=1, uid=7, size=200 << 20, outcome=Outcome.TOO_LARGE, at=fresh,
            reason="It is larger than 150 MB and was left on the server.",
        )  # fmt: skip


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer, member: Member, mail: None) -> Iterator[Page]:
    """A signed-in page, 1280 wide; whatever its console complains of fails the test."""
    yield from _pages(chromium, live_server, width=1280)


@pytest.fixture
def narrow_page(chromium: Browser, live_server: LiveServer, member: Member, mail: None) -> Iterator[Page]:
    """The same on a telephone of 360 by 740."""
    yield from _pages(chromium, live_server, width=360)


def _pages(chromium: Browser, live_server: LiveServer, *, width: int) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900 if width > 400 else 740}
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill("ada@studio.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keeps a picture of a page under test-output/screenshots, where AMENDS_SCREENSHOTS=1 asks for them."""
    wanted = os.environ.get("AMENDS_SCREENSHOTS") == "1"

    def save(page: Page, name: str) -> None:
        if wanted:
            SHOTS.mkdir(parents=True, exist_ok=True)
            # hiding the caret leaves styles behind
            page.screenshot(path=SHOTS / f"{name}.png", full_page=True, caret="initial")

    return save
