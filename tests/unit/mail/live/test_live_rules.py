"""What is pure in live mailboxes: which hosts may be spoken to, what folders are for, where a mailbox probably lies."""

from __future__ import annotations

import socket
import ssl

import pytest

from amends.mail.live import hosts
from amends.mail.live.folders import WANTED, guessed_role, role_of
from amends.mail.live.link import chunks
from amends.mail.live.providers import PROVIDERS, Place, places_for, provider_of
from amends.mail.live.troubles import HostNotAllowed, NoSuchHost, cannot_connect


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("192.0.2.10", True), ("10.0.0.5", True), ("192.168.1.2", True), ("127.0.0.1", True), ("::1", True),
        ("2001:db8::5", True), ("fd12::1", True), ("::ffff:10.0.0.5", True),
        ("169.254.169.254", False), ("fe80::1", False), ("fe80::1%eth0", False), ("::ffff:169.254.169.254", False),
        ("2002:a9fe:a9fe::1", False), ("100.100.100.200", False), ("fd00:ec2::254", False), ("168.63.129.16", False),
        ("224.0.0.1", False), ("ff02::1", False), ("0.0.0.0", False), ("::", False), ("255.255.255.255", False),  # noqa: S104
        ("240.0.0.1", False),
    ],
)  # fmt: skip
def test_which_addresses_may_be_spoken_to(address: str, good: bool) -> None:
    assert hosts.allowed(address) is good


def _resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 993)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)


def test_a_name_is_as_good_as_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves_to(monkeypatch, "169.254.169.254", "192.0.2.1")
    assert hosts.addresses_of("imap.example.com", 993) == ["192.0.2.1"]
    _resolves_to(monkeypatch, "169.254.169.254")
    with pytest.raises(HostNotAllowed):
        hosts.addresses_of("imap.example.com", 993)
    _resolves_to(monkeypatch, "192.0.2.1", "10.0.0.7")
    with pytest.raises(HostNotAllowed, match="a network of your own"):
        hosts.connect("imap.example.com", 993, timeout=1, private=False)
    _resolves_to(monkeypatch, "127.0.0.1", "10.0.0.7")
    with pytest.raises(HostNotAllowed, match="without TLS"):
        hosts.connect("imap.example.com", 143, timeout=1, local_only=True)


def test_what_is_no_name_at_all_is_not_there() -> None:
    for host in ("a" * 300 + ".example", "..", "no-such-host.invalid"):
        with pytest.raises(NoSuchHost):
            hosts.addresses_of(host, 993)


@pytest.mark.parametrize(
    ("name", "flags", "role"),
    [
        ("INBOX", [b"\\HasNoChildren"], "inbox"), ("inbox", [], "inbox"), ("Verschickt", [b"\\Sent"], "sent"),
        ("[Gmail]/All Mail", [b"\\HasNoChildren", b"\\All"], "all"), ("[Gmail]/Starred", [b"\\Flagged"], "marked"),
        ("[Gmail]", [b"\\Noselect", b"\\HasChildren"], None), ("Müll", [b"\\TRASH"], "trash"), ("Kunden", [], ""),
        ("old", [b"\\NonExistent"], None),
    ],
)  # fmt: skip
def test_the_server_says_what_a_folder_is_for(name: str, flags: list[bytes], role: str | None) -> None:
    assert role_of(name, flags) == role


@pytest.mark.parametrize(
    ("name", "delimiter", "role"),
    [
        ("Sent", "/", "sent"), ("INBOX.Sent", ".", "sent"), ("Gesendete Objekte", "/", "sent"),
        ("Entwürfe", "/", "drafts"),
        ("INBOX/Corbeille", "/", "trash"), ("Spam", "/", "junk"), ("Archive", "/", "archive"), ("Sentiment", "/", ""),
        ("Clients/Sent", "/", ""), ("INBOX.Clients.Sent", ".", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_else_its_name_does(name: str, delimiter: str, role: str) -> None:
    assert guessed_role(name, delimiter) == role


def test_what_is_looked_through_where_nobody_chose() -> None:
    assert {"inbox", "sent", "archive"} == WANTED


def test_where_a_mailbox_probably_lies() -> None:
    assert places_for("jo@gmail.com") == [Place("imap.gmail.com")]
    assert places_for(" Jo@Hotmail.co.uk ") == [Place("outlook.office365.com")]
    assert [place.host for place in places_for("jo@studio.example")] == [
        "imap.studio.example", "mail.studio.example", "studio.example",
    ]  # fmt: skip
    for nonsense in ("jo", "", "jo@", "jo@localhost"):
        assert places_for(nonsense) == []
    assert {place.security for place in places_for("jo@studio.example")} == {"tls"}


def test_providers_are_known_by_address_or_server() -> None:
    google = provider_of("jo@studio.example", "imap.gmail.com")
    assert google is not None
    assert google.app_password
    assert google.page.startswith("https://")
    assert provider_of("jo@studio.example", "imap.studio.example") is None
    domains = [domain for provider in PROVIDERS for domain in provider.domains]
    assert len(domains) == len(set(domains))


def test_commands_are_bounded_in_number_and_bytes() -> None:
    sized = [(uid, 400) for uid in range(10)] + [(10, 5000), (11, 1)]
    assert list(chunks(sized, count=4, size=1000)) == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10], [11]]
    assert list(chunks(sized[:5], count=2, size=10_000)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([], count=2, size=10)) == []


@pytest.mark.parametrize("error", [ssl.SSLEOFError(), ConnectionResetError(104, "reset"), BrokenPipeError()])
def test_a_connection_that_was_taken_and_ended_was_not_refused(error: OSError) -> None:
    """How the end of a connection is noticed is a matter of microseconds; what is told of it is the same."""
    assert "before it said anything" in str(cannot_connect("mail.example", 993, error))
    assert "refused the connection" in str(cannot_connect("mail.example", 993, ConnectionRefusedError(111, "no")))
