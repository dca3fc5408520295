"""Whom webhooks may reach, how they are signed, and when they are tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from amends.webhooks.rules import (
    TRIES,
    AddressRefused,
    Kind,
    body_of,
    checked_url,
    is_public,
    new_secret,
    signed,
    wait_after,
)

AT = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
PRIVATE = [
    "0.0.0.0",  # noqa: S104
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::", "100::1", "not an address", "",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "93.184.215.14", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1",
    "2606:4700:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_these_are_not_on_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_these_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com/hook", "ftp://example.com/", "javascript:alert(1)", "https://", "https:///hook", "http://example.com/",
        "https://user:secret@example.com/", "https://user@example.com/", "https://example.com/#part",
        "https://example.com:99999/", "https://example.com:0/", "https://exa mple.com/", "https://example.com/\nx",
        "https://[::1/", "https://localhost/", "https://localhost./", "https://api.localhost/", "https://LOCALHOST/",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
        "https://0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://10.1.2.3:8443/x",
        "https://169.254.169.254/latest/meta-data/", "https://192.168.1.1./",
    ],
)  # fmt: skip
def test_these_addresses_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        checked_url(url, private=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?key=1",
        "https://hooks.example.com:8443/",
        "https://8.8.8.8/",
        "https://bücher.example/",
    ],
)
def test_these_addresses_are_taken(url: str) -> None:
    assert checked_url(f"  {url} ", private=False) == url


def test_near_by_is_for_who_allows_it() -> None:
    for url in ("http://127.0.0.1:8080/hook", "https://localhost/", "http://nas.local/"):
        assert checked_url(url, private=True) == url
    with pytest.raises(AddressRefused):
        checked_url("http://user:x@127.0.0.1/", private=True)


def test_a_body_is_signed_as_standard_webhooks_say() -> None:
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(b'{"test": 2432232314}', event_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, keys=[secret])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }  # fmt: skip


def test_two_secrets_give_two_signatures() -> None:
    keys = [new_secret(), new_secret()]
    given = signed(b"x", event_id="msg_1", at=AT, keys=keys)["webhook-signature"].split(" ")
    for key, one in zip(keys, given, strict=True):
        content = b"msg_1." + str(int(AT.timestamp())).encode() + b".x"
        right = hmac.new(base64.b64decode(key.removeprefix("whsec_")), content, hashlib.sha256).digest()
        assert one == f"v1,{base64.b64encode(right).decode()}"


def test_a_body_is_the_same_each_time() -> None:
    made = body_of(Kind.PING, at=AT, data={"b": 1, "a": "ü"})
    assert made == body_of(Kind.PING, at=AT, data={"a": "ü", "b": 1})
    assert json.loads(made) == {"type": "ping", "timestamp": "2026-03-16T10:00:00+00:00", "data": {"a": "ü", "b": 1}}


def test_each_failure_waits_longer_and_then_it_ends() -> None:
    waits = [wait_after(tries) for tries in range(1, TRIES)]
    found = [wait for wait in waits if wait is not None]
    assert found == sorted(found)
    assert (len(found), sum(found, timedelta())) == (7, timedelta(hours=7, minutes=42, seconds=30))
    assert wait_after(TRIES) is None
