"""Sending to whom it may, and to nobody else; never for long."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.receiver import Receiver

from amends.webhooks.sending import client, resolve, send

BODY = b'{"type":"ping"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def _send(url: str, *, private: bool = True, patience: float = 15.0, **more: object) -> tuple[int | None, str]:
    with client(private=private, **more) as http:  # type: ignore[arg-type]
        outcome = send(http, url, BODY, headers={"webhook-id": "msg_1"}, patience=patience)
    return outcome.status, outcome.problem


def test_what_is_sent_arrives_whole(receiver: Receiver) -> None:
    assert _send(receiver.url) == (204, "")
    [letter] = receiver.letters
    assert (letter.path, letter.body) == ("/hook", BODY)
    assert letter.headers["webhook-id"] == "msg_1"
    assert letter.headers["user-agent"].startswith("Amends-Webhooks/")
    assert letter.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0",  # noqa: S104
        "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]",
    ],
)  # fmt: skip
def test_nothing_reaches_this_machine_however_it_is_spelled(host: str, receiver: Receiver) -> None:
    status, problem = _send(f"http://{host}:{receiver.port}/hook", private=False)
    assert status is None
    assert problem
    assert receiver.letters == []


def test_a_name_is_looked_at_once_and_all_of_it(receiver: Receiver) -> None:
    """DNS rebinding: the second look-up says something else. There is no second look-up."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) == 1 else ["127.0.0.1"]

    url = f"http://rebind.example:{receiver.port}/hook"
    assert _send(url, private=False, resolve=rebinding)[0] is None  # 192.0.2.0/24 is no open internet either
    assert _send(url, private=False, resolve=lambda host, port: ["93.184.215.14", "127.0.0.1"])[1].startswith(
        "This name"
    )
    assert asked == ["rebind.example"]
    assert receiver.letters == []


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver: Receiver) -> None:
    looked: list[str] = []

    def here(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.9", "127.0.0.1"]  # nobody is at the first

    assert _send(f"http://hooks.example:{receiver.port}/hook", resolve=here) == (204, "")
    assert looked == ["hooks.example"]
    assert receiver.letters[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.plan, receiver.location = [302, 307], receiver.url + "/other"
    for status in (302, 307):
        assert _send(receiver.url) == (
            status, "It was sent on to another address, which is not followed: write the final address.",
        )  # fmt: skip
    assert len(receiver.letters) == 2


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (500, "The receiver answered 500."), (404, "The receiver answered 404."),
        (410, "The receiver answered that it is gone (410) and wants nothing more."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_it_was(status: int, problem: str, receiver: Receiver) -> None:
    receiver.plan = [status]
    assert _send(receiver.url) == (status, problem)


def test_who_never_ends_a_sentence_is_cut_off(receiver: Receiver) -> None:
    """Each letter comes in good time, the answer never."""
    receiver.drip = True
    assert _send(receiver.url, patience=0.5) == (None, "There was no answer within 0 seconds.")


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert _send(receiver.url)[0] == 204


def test_nobody_there_is_said_so() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]  # nobody listens
        assert _send(f"http://127.0.0.1:{port}/") == (None, "Nobody answers at this address.")

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    status, problem = _send("http://nope.example/", resolve=unknown)
    assert (status, problem) == (None, "The name of this address is not known: look at its spelling.")


def test_a_certificate_must_be_for_the_name(receiver: Receiver) -> None:
    """A plain server is no TLS server; nothing is sent in clear."""
    assert _send(f"https://127.0.0.1:{receiver.port}/")[0] is None
    assert receiver.letters == []


def test_the_system_resolves() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 80)
