"""The sample agency's mailbox: the same bytes each time, sound mail, and a truth that its messages bear out."""

from __future__ import annotations

import mailbox
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest

from amends.demo import agency, data
from amends.demo.ordinary import OrdinaryMail

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from amends.demo.letters import Letter

NOW = datetime(2026, 3, 12, 14, 20, tzinfo=UTC)
NOWS = (
    NOW,
    datetime(2026, 11, 22, 1, 0, tzinfo=UTC),  # a Sunday night
    datetime(2026, 8, 31, 7, 30, tzinfo=UTC),  # a bank holiday
    datetime(2027, 1, 4, 8, 0, tzinfo=UTC),  # the first morning after the break
    datetime(2026, 12, 28, 11, 0, tzinfo=UTC),  # within the break
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    *(datetime(2026, 6, day, 9, 0, tzinfo=UTC) for day in range(1, 8)),  # every day of a week
)


@cache
def letters_at(now: datetime) -> list[Letter]:
    return agency.letters(now)


def read_back(path: Path) -> list[EmailMessage]:
    """Every message of the file, `>From ` lines put right, as the standard library parses it."""
    parser: BytesParser[EmailMessage] = BytesParser(policy=policy.default)
    box = mailbox.mbox(path, create=False)
    try:
        return [parser.parsebytes(re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key))) for key in box.iterkeys()]
    finally:
        box.close()


def words_of(message: EmailMessage) -> str:
    """All text of a message, white space evened out."""
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return " ".join(" ".join(map(str, parts)).split())


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[EmailMessage]:
    path = tmp_path_factory.mktemp("sample") / "year.mbox"
    count = agency.write_mailbox(path, now=NOW)
    found = read_back(path)
    assert len(found) == count
    return found


@pytest.fixture(scope="module")
def texts(messages: list[EmailMessage]) -> list[str]:
    return [words_of(message) for message in messages]


def test_same_now_same_bytes(tmp_path: Path) -> None:
    agency.write_mailbox(tmp_path / "one.mbox", now=NOW)
    agency.write_mailbox(tmp_path / "two.mbox", now=NOW)
    assert (tmp_path / "one.mbox").read_bytes() == (tmp_path / "two.mbox").read_bytes()


def test_now_needs_a_zone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        agency.write_mailbox(tmp_path / "year.mbox", now=datetime(2026, 3, 12))  # noqa: DTZ001


def test_messages_are_sound(messages: list[EmailMessage]) -> None:
    for message in messages:
        for part in message.walk():
            assert not part.defects, (message["Subject"], part.defects)
            for name, value in part.items():
                assert not getattr(value, "defects", ()), (name, str(value))
            if part.get_content_maintype() == "text":
                assert "\ufffd" not in part.get_content()


def test_ids_are_unique_and_references_resolve(messages: list[EmailMessage]) -> None:
    ids = [str(message["Message-ID"]) for message in messages]
    assert len(set(ids)) == len(ids)
    known: set[str] = set()
    for message in messages:  # in order of time, so what is answered came before
        chain = str(message.get("References", "")).split()
        assert known.issuperset(chain)
        if message["In-Reply-To"]:
            assert chain[-1] == str(message["In-Reply-To"])
        known.add(str(message["Message-ID"]))


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d}")
def test_a_year_in_working_time_up_to_now(now: datetime) -> None:
    letters = letters_at(now)
    clock = agency.FIRM.clock(now)
    assert 1000 <= len(letters) <= 1600
    assert all(now - timedelta(days=366) <= letter.at < now for letter in letters)
    assert letters[-1].at > now - timedelta(days=14)
    by_people = [letter for letter in letters if letter.kind == "personal"]
    working = [one for one in by_people if clock.is_working(one.at.date()) and 8 <= one.at.hour < 18]
    assert len(working) > 0.95 * len(by_people)
    for letter in letters:
        if letter.answers is not None:
            assert letter.answers.at < letter.at


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d}")
def test_the_promise_is_due_on_the_next_working_day(now: datetime) -> None:
    clock = agency.FIRM.clock(now)
    story = next(one for one in agency.STORY if one.key == "skerry")
    quote = dict(agency.quotes_at(story, now))["promise_due"]
    assert str(clock.shift(clock.today, 1).day) in quote
    assert "{" not in quote


def test_no_slot_is_left_open() -> None:
    for now in NOWS:
        for letter in letters_at(now):
            assert not re.search(r"[{}]", letter.subject + letter.body), letter.body


def test_truth_is_borne_out_by_messages(texts: list[str]) -> None:
    for client in agency.STORY:
        assert client.shows | client.may_show <= agency.KINDS
        assert not client.shows & client.never_shows
        quotes = agency.quotes_at(client, NOW)
        assert {kind for kind, _ in quotes} <= client.shows
        for _, quote in quotes:
            assert any(quote in text for text in texts), quote


def test_every_kind_of_reason_is_told_somewhere() -> None:
    told = frozenset[str]().union(*(client.shows for client in agency.STORY))
    assert told == agency.KINDS


def test_every_client_writes_and_is_written_to(messages: list[EmailMessage]) -> None:
    own = set(agency.FIRM.domains)
    senders: Counter[str] = Counter()
    for message in messages:
        (_, address), *_ = getaddresses([str(message["From"])])
        senders[address.partition("@")[2]] += 1
        senders[address] += 1
    assert sum(senders[domain] for domain in own) > 400
    for client in agency.STORY:
        for domain in client.domains:
            assert senders[domain] >= 3, domain


def test_the_silent_client_is_silent_and_the_others_are_not(messages: list[EmailMessage]) -> None:
    last: dict[str, datetime] = {}
    for message in messages:
        (_, address), *_ = getaddresses([str(message["From"])])
        for client in agency.STORY:
            if address in client.domains or address.partition("@")[2] in client.domains:
                last[client.key] = parsedate_to_datetime(str(message["Date"]))
    quiet = {key for key, at in last.items() if NOW - at > timedelta(days=30)}
    assert quiet == {"delacroix", "clockmakers"}


def test_variety_of_mail(messages: list[EmailMessage], texts: list[str]) -> None:
    types = Counter(part.get_content_type() for message in messages for part in message.walk())
    needed = ["application/pdf", "image/png", "text/calendar", "text/csv", "multipart/report", "multipart/alternative"]
    assert all(types[name] for name in needed)
    assert any(message.get_content_type() == "text/html" for message in messages)
    assert sum(1 for message in messages if message["List-Unsubscribe"]) > 20
    assert {str(message["Auto-Submitted"]) for message in messages} >= {"auto-replied", "auto-generated"}
    charsets = {part.get_content_charset() for message in messages for part in message.walk()}
    assert {"us-ascii", "utf-8", "iso-8859-1"} <= charsets
    everything = " ".join(texts)
    for mark in ("wrote:", "schrieb", "a écrit :", "Gesendet:", "From:", "Forwarded message", "Sent from my phone"):
        assert mark in everything


def test_own_words_seldom_repeat() -> None:
    bodies = Counter(letter.body for letter in letters_at(NOW) if letter.kind == "personal")
    assert sum(bodies.values()) - len(bodies) < 0.03 * len(bodies)


def test_ordinary_mail_is_harmless() -> None:
    """Nothing that is not written into the story complains or promises a date; the puzzlers only seem to."""
    clock = agency.FIRM.clock(NOW)
    people = {person.key: person for person in data.firm_people()}
    for client in data.clients():
        people |= {person.key: person for person in client.story.people}
    alarming = re.compile(r"\b(wrong|problem|error|complain|disappoint|sorry|unfortunately|late|furious)", re.I)
    promising = re.compile(r"\b(I|we)(['\u2019]ll| will)\b", re.I)
    for client in data.clients():
        if client.ordinary is None or client.story.key == "puzzler":
            continue
        for letter in OrdinaryMail(client, people, data.scripts(), clock).letters():
            assert not alarming.search(letter.body), letter.body
            assert letter.sender.organisation or not promising.search(letter.body), letter.body


def test_engagements_belong_to_clients_and_have_dates() -> None:
    clock = agency.FIRM.clock(NOW)
    keys = {client.key for client in agency.STORY}
    for engagement in agency.ENGAGEMENTS:
        assert engagement.client in keys
        assert engagement.starts_on(clock) < NOW.date()
        renews = engagement.renews_on(clock)
        assert renews is None or renews > NOW.date()
        assert engagement.yearly_value > 0


def test_everybody_lives_at_an_invented_address() -> None:
    addresses = [person.email for person in agency.NOT_CLIENTS]
    addresses += [member.email for member in agency.FIRM.members]
    addresses += [person.email for client in agency.STORY for person in client.people]
    real = [one for one in addresses if not one.endswith(".example")]
    assert all(one.partition("@")[2] in {"gmail.com", "gmx.de"} for one in real)
    assert len(real) == 2
