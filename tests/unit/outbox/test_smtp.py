"""The dialogue with real servers on loopback: whatever they do, it is certain what may have been sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.smtp import PASSWORD, USER, Moody, Sink, certificate, free_port, sink, with_sign_in

from amends.outbox.smtp import (
    Answers,
    Envelope,
    MaybeTaken,
    NotTaken,
    Patience,
    Server,
    Withdrawn,
    hand_in,
    refuse_address,
)

DATA = b"From: a@studio.example\r\nSubject: Hello\r\nMessage-ID: <1@studio.example>\r\n\r\n.one dot\r\n..\r\nwords\r\n"
QUICK = Patience(connect=2, command=1, dot=1, whole=8)


def _send(port: int, *to: str, security: str = "plain", host: str = "127.0.0.1", user: str = "", password: str = "",
          data: bytes = DATA, patience: Patience = QUICK) -> Answers:  # fmt: skip
    server = Server(host, port, security, user, password)
    envelope = Envelope("a@studio.example", to or ("petra@hartwell.example",), data)
    return hand_in(server, envelope, go_ahead=lambda: True, patience=patience)


@pytest.fixture(scope="module")
def own_tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of one's own for localhost."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(own_tls: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of a certificate that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own_tls[0]))
    return own_tls[1]


@pytest.fixture
def server() -> Iterator[Sink]:
    """A server that takes everything."""
    with sink() as made:
        yield made


def test_a_message_arrives_byte_for_byte(server: Sink) -> None:
    assert _send(server.port, "petra@hartwell.example", "jo@hartwell.example") == Answers(
        ("petra@hartwell.example", "jo@hartwell.example"), {}, {}
    )
    assert server.recipients == [["petra@hartwell.example", "jo@hartwell.example"]]
    assert server.taken[0].mail_from == "a@studio.example"
    assert server.raw() == DATA


def test_some_recipients_are_refused_and_the_others_get_it(server: Sink) -> None:
    server.answers = {"no@x.example": "550 5.1.1 no such user", "later@x.example": "450 4.2.0 greylisted"}
    answers = _send(server.port, "yes@x.example", "no@x.example", "later@x.example")
    assert answers == Answers(
        ("yes@x.example",), {"no@x.example": "550 5.1.1 no such user"}, {"later@x.example": "450 4.2.0 greylisted"}
    )
    assert server.recipients == [["yes@x.example"]]


def test_nothing_is_handed_over_where_nobody_is_taken(server: Sink) -> None:
    server.answers = {"no@x.example": "550 no"}
    assert _send(server.port, "no@x.example") == Answers((), {"no@x.example": "550 no"}, {})
    assert server.taken == []


@pytest.mark.parametrize(
    ("where", "answer", "retry", "account", "says"),
    [
        ("MAIL", "550 5.7.1 not your address", False, True, "does not take mail from a@studio.example"),
        ("MAIL", "530 5.7.0 sign in first", False, True, "enter a user and a password"),
        ("MAIL", "451 later", True, False, "does not take the message now"),
        ("MAIL", "552 too big", False, False, "too large"),
        ("petra@hartwell.example", "421 closing", True, False, "does not take the message now"),
        ("DOT", "451 try later", True, False, "does not take the message now"),
        ("DOT", "554 5.7.1 looks like spam", False, False, "refused the message (it said: 554 5.7.1 looks like spam)"),
    ],
)
def test_what_is_refused_was_not_sent(
    server: Sink, where: str, answer: str, retry: bool, account: bool, says: str
) -> None:
    server.answers = {where: answer}
    with pytest.raises(NotTaken) as refused:
        _send(server.port)
    assert (refused.value.retry, refused.value.account) == (retry, account)
    assert says in str(refused.value)
    assert server.taken == []


def test_starttls_and_a_password(trusted: ssl.SSLContext) -> None:
    with sink(**with_sign_in(tls_context=trusted, require_starttls=True)) as server:
        assert _send(server.port, host="localhost", security="starttls", user=USER, password=PASSWORD).accepted
        assert len(server.taken) == 1
        with pytest.raises(NotTaken, match="refused the user or the password") as refused:
            _send(server.port, host="localhost", security="starttls", user=USER, password="wrong")
        assert (refused.value.retry, refused.value.account) == (False, True)
        assert "wrong" not in str(refused.value)
        assert len(server.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it does not count TLS from the start
def test_tls_from_the_start(trusted: ssl.SSLContext) -> None:
    with sink(ssl_context=trusted, **with_sign_in(auth_require_tls=False)) as server:
        assert _send(server.port, host="localhost", security="tls", user=USER, password=PASSWORD).accepted
        assert len(server.taken) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(own_tls: tuple[Path, ssl.SSLContext]) -> None:
    with sink(tls_context=own_tls[1]) as server, pytest.raises(NotTaken, match="certificate of localhost") as refused:
        _send(server.port, host="localhost", security="starttls")
    assert refused.value.account
    assert server.taken == []


def test_a_certificate_for_another_name_is_refused(trusted: ssl.SSLContext) -> None:
    with sink(tls_context=trusted) as server, pytest.raises(NotTaken, match=r"certificate of 127\.0\.0\.1"):
        _send(server.port, host="127.0.0.1", security="starttls")


def test_a_server_without_starttls_is_never_spoken_to_in_clear(server: Sink) -> None:
    with pytest.raises(NotTaken, match="does not offer STARTTLS") as refused:
        _send(server.port, security="starttls", user=USER, password=PASSWORD)
    assert refused.value.account


def test_tls_where_there_is_none(server: Sink) -> None:
    with pytest.raises(NotTaken, match="does not speak TLS in this way"):
        _send(server.port, security="tls")


def test_a_server_that_offers_no_sign_in(server: Sink) -> None:
    with pytest.raises(NotTaken, match="offers no signing in"):
        _send(server.port, user=USER, password=PASSWORD)


def test_more_than_the_server_takes_is_told_before_it_is_sent() -> None:
    with sink(data_size_limit=1000) as server, pytest.raises(NotTaken, match="at most") as refused:
        _send(server.port, data=DATA + b"x" * 2000 + b"\r\n")
    assert (refused.value.retry, refused.value.account) == (False, False)


@pytest.mark.parametrize("mood", ["cut", "stall"])
@pytest.mark.parametrize("moment", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_trouble_before_the_text_is_certain(moment: str, mood: str) -> None:
    with Moody(moment, mood) as server, pytest.raises(NotTaken) as trouble:
        _send(server.port)
    assert trouble.value.retry
    assert trouble.value.account == (moment in {"greeting", "ehlo"})
    assert server.whole == 0


def test_a_connection_cut_in_the_middle_of_the_text_is_certain() -> None:
    """The dot never left, so no server may deliver it: more text than buffers hold shows the cut before the end."""
    with Moody("text", "cut") as server, pytest.raises(NotTaken) as trouble:
        _send(server.port, data=DATA + b"word word word\r\n" * 2_000_000)
    assert trouble.value.retry
    assert server.whole == 0


@pytest.mark.parametrize("mood", ["cut", "stall", "hello there"])
def test_after_the_dot_only_an_answer_makes_certain(mood: str) -> None:
    with Moody("dot", mood) as server, pytest.raises(MaybeTaken, match="whole message"):
        _send(server.port)
    assert server.whole == 1


def test_a_server_that_does_not_say_goodbye_has_still_taken_it() -> None:
    with Moody("quit", "cut") as server:
        assert _send(server.port).accepted == ("petra@hartwell.example",)


def test_a_server_that_drips_is_cut_off() -> None:
    with Moody("dot", "stall") as server, pytest.raises(MaybeTaken):
        _send(server.port, patience=Patience(connect=2, command=60, dot=60, whole=0.5))


def test_whoever_withdraws_before_the_text_sends_nothing(server: Sink) -> None:
    given = Envelope("a@studio.example", ["petra@hartwell.example"], DATA)
    with pytest.raises(Withdrawn):
        hand_in(Server("127.0.0.1", server.port, "plain"), given, go_ahead=lambda: False, patience=QUICK)
    assert server.taken == []


def test_nothing_listens() -> None:
    with pytest.raises(NotTaken, match="Nothing listens") as trouble:
        _send(free_port())
    assert (trouble.value.retry, trouble.value.account) == (True, True)


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NotTaken, match="no server of the name") as trouble:
        _send(25, host="mail.nowhere.invalid", security="tls")
    assert trouble.value.account


def test_what_another_kind_of_server_says_is_not_repeated() -> None:
    with Moody("greeting", "+secret-of-another-service") as server, pytest.raises(NotTaken) as trouble:
        _send(server.port)
    assert "secret" not in str(trouble.value)
    assert "does not greet" in str(trouble.value)


@pytest.mark.parametrize(
    ("address", "plain", "allowed"),
    [
        ("169.254.169.254", False, False), ("fe80::1", False, False), ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False), ("100.100.100.200", False, False), ("fd00:ec2::254", False, False),
        ("0.0.0.1", False, False), ("::", False, False), ("224.0.0.1", False, False), ("255.255.255.255", False, False),
        ("10.0.0.5", False, True), ("192.168.1.2", False, True), ("fd12::5", False, True), ("127.0.0.1", False, True),
        ("203.0.113.9", False, True), ("127.0.0.1", True, True), ("::1", True, True), ("10.0.0.5", True, False),
    ],
)  # fmt: skip
def test_where_a_mail_server_may_be(address: str, plain: bool, allowed: bool) -> None:
    assert (refuse_address("mail.example", [ip_address(address)], plain=plain) == "") == allowed


def test_a_link_local_server_is_not_contacted() -> None:
    with pytest.raises(NotTaken, match="no mail server can be"):
        _send(25, host="169.254.169.254", security="tls")


def test_dots_at_the_beginning_of_lines_survive(server: Sink) -> None:
    _send(server.port, data=b"Subject: dots\r\n\r\n.\r\n..\r\n...x\r\n")
    assert message_from_bytes(server.raw()).get_payload() == ".\r\n..\r\n...x\r\n"
