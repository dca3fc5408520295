"""Mail comes in from a real server whatever happens on the way, once each, and nothing there is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from django_tasks_db.models import DBTaskResult
from tests.conftest import NOW
from tests.cutting import Cutter
from tests.dovecot import Dovecot
from tests.letters import days, letter

from amends.flows.live import fetching, looking
from amends.flows.live.turn import Turn, take_turn
from amends.mail.models import Account, AccountState, Copy, Folder, Message, Outcome, Remote
from amends.mail.raw import raw_store, read
from amends.workers.readers import Lending

Look = Callable[..., Turn]
EVERY: tuple[str, ...] = ("INBOX", "Sent Items", "Projects")


def letters(count: int, *, begin: int = 0, size: int = 200) -> list[bytes]:
    return [
        letter(f"Note {number}.\n" + "word " * (size // 5), at=NOW - days(number / 10),
               message_id=f"{number}@hartwell.example", subject=f"Note {number}")
        for number in range(begin, begin + count)
    ]  # fmt: skip


def choose(account: Account, *names: str) -> None:
    Folder.objects.filter(account=account).update(chosen=False)
    Folder.objects.filter(account=account, name__in=names).update(chosen=True)


def same_as_the_server(account: Account, server: Dovecot, user: str, folders: tuple[str, ...] = EVERY) -> None:
    """Every message of the server is stored, byte for byte, and noted once; nothing else is."""
    contents = server.contents(user, folders)
    for name, messages in contents.items():
        folder = Folder.objects.get(account=account, name=name)
        noted = dict(Remote.objects.filter(folder=folder).values_list("uid", "sha256"))
        expected = {uid: hashlib.sha256(data).hexdigest() for uid, (data, _) in messages.items()}
        assert {uid: noted.get(uid) for uid in expected} == expected
    hashes = {hashlib.sha256(data).hexdigest(): data for each in contents.values() for data, _ in each.values()}
    assert set(Copy.objects.filter(mailbox=account.mailbox).values_list("raw", flat=True)) >= set(hashes)
    for sha256, data in hashes.items():
        assert read(raw_store(), sha256) == data
    assert Message.objects.count() == len(set(Copy.objects.values_list("message", flat=True)))


def test_a_first_look_takes_in_the_inbox_and_what_was_sent(
    account: Account, server: Dovecot, user: str, look: Look
) -> None:
    server.deliver(user, letters(5))
    server.deliver(user, letters(3, begin=5), "Sent Items")
    server.deliver(user, letters(2, begin=8), "Projects")
    server.deliver(user, letters(2, begin=10), "Junk")
    turn = look(account)
    assert turn.link is not None  # it waits in IDLE
    assert account.state == AccountState.READY
    assert account.succeeded_at is not None
    roles = {folder.name: (folder.role, folder.chosen) for folder in Folder.objects.all()}
    assert roles == {
        "INBOX": ("inbox", True), "Sent Items": ("sent", True), "Drafts": ("drafts", False), "Junk": ("junk", False),
        "Trash": ("trash", False), "Projects": ("", False),
    }  # fmt: skip
    assert Message.objects.count() == 8
    same_as_the_server(account, server, user, ("INBOX", "Sent Items"))
    [job] = DBTaskResult.objects.all()  # all of it is judged by one job
    assert job.task_path.endswith("judge_stored")


def test_nothing_on_the_server_is_changed(account: Account, server: Dovecot, user: str, look: Look) -> None:
    server.deliver(user, letters(6))
    with server.client(user) as link:
        link.select_folder("INBOX")
        link.add_flags([1, 2], [b"\\Seen"])
        link.add_flags([3], [b"\\Flagged", b"$Label1"])
    server.deliver(user, letters(2, begin=6))
    before = server.contents(user, EVERY)
    assert b"\\Recent" in before["INBOX"][8][1]
    look(account)
    assert server.contents(user, EVERY) == before


def test_cut_twenty_times_it_ends_equal_to_the_server(account: Account, server: Dovecot, user: str, look: Look) -> None:
    server.deliver(user, letters(120, size=3000))
    server.deliver(user, letters(80, begin=120, size=3000), "Sent Items")
    server.deliver(user, letters(40, begin=100, size=3000), "Projects")  # each of them lies elsewhere too
    before = server.contents(user, EVERY)
    with Cutter(server.tls_port, cuts=20, most=60_000, seed=4) as way:
        Account.objects.filter(pk=account.pk).update(port=way.port)
        turns = 0
        while True:
            turns += 1
            assert turns < 60
            look(account)
            choose(account, *EVERY)
            if account.state == AccountState.READY and account.failures == 0 and not way.left:
                break
        look(account)
        assert way.connections > 20
    same_as_the_server(account, server, user)
    assert Message.objects.count() == 200
    assert Copy.objects.count() == 200
    assert Remote.objects.count() == 240
    counted = Folder.objects.aggregate(done=Sum("done"), stored=Sum("stored"), duplicates=Sum("duplicates"))
    assert counted == {"done": 240, "stored": 200, "duplicates": 40}
    assert server.contents(user, EVERY) == before


def test_what_happens_in_an_hour_arrives(account: Account, server: Dovecot, user: str, look: Look) -> None:
    server.deliver(user, letters(20))
    look(account)
    choose(account, *EVERY)
    look(account)
    with server.client(user) as link:
        link.select_folder("INBOX")
        link.move([1, 2, 3], "Projects")
        link.delete_messages([4, 5])
        link.expunge()
        link.add_flags([6], [b"\\Seen"])
    server.deliver(user, letters(4, begin=20))
    server.deliver(user, letters(2, begin=24), "Sent Items")
    look(account)
    assert Message.objects.count() == 26  # what was deleted there is kept here
    same_as_the_server(account, server, user)
    moved = Remote.objects.filter(folder__name="Projects")
    assert {each.outcome for each in moved} == {Outcome.DUPLICATE}
    assert Remote.objects.count() == 20 + 3 + 6


def test_a_quiet_look_asks_for_nothing(
    account: Account, server: Dovecot, user: str, look: Look, django_assert_max_num_queries: Callable[..., object]
) -> None:
    server.deliver(user, letters(3))
    look(account)
    asked = DBTaskResult.objects.count()
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        look(account)
    assert Remote.objects.count() == 3
    assert DBTaskResult.objects.count() == asked


def test_numbered_anew_it_is_looked_through_by_content(
    account: Account, server: Dovecot, user: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, letters(30))
    look(account)
    before = Folder.objects.get(name="INBOX").uidvalidity
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (server.maildir(user) / name).unlink(missing_ok=True)
    uidlist = server.maildir(user) / "dovecot-uidlist"
    uidlist.write_text(f"3 V{before + 100} N1 G{'ab' * 16}\n")
    uidlist.chmod(0o666)
    server.deliver(user, letters(1, begin=30))

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("what is known by its content is not read again")

    look(account)
    folder = Folder.objects.get(name="INBOX")
    assert folder.uidvalidity == before + 100
    assert (folder.done, folder.stored, folder.duplicates) == (31, 1, 30)
    assert Message.objects.count() == 31
    assert set(Remote.objects.values_list("uidvalidity", flat=True)) == {before + 100}
    same_as_the_server(account, server, user, ("INBOX",))


def test_only_from_the_start_date_on(account: Account, server: Dovecot, user: str, look: Look) -> None:
    with server.client(user) as link:
        for number, year in enumerate((2018, 2021, 2025)):
            link.append("INBOX", letters(1, begin=number)[0], msg_time=datetime(year, 5, 1, tzinfo=UTC))
    Account.objects.update(since=date(2021, 5, 1))
    look(account)
    assert sorted(Remote.objects.values_list("uid", flat=True)) == [2, 3]
    Account.objects.update(since=date(2018, 1, 1))
    Folder.objects.update(highest_uid=0)
    look(account)
    assert sorted(Remote.objects.values_list("uid", flat=True)) == [1, 2, 3]
    assert Message.objects.count() == 3


def test_broken_and_huge_messages_stop_nobody(
    account: Account, server: Dovecot, user: str, look: Look, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 12 * 1024 * 1024)
    huge = letter("It is attached.\n", at=NOW, message_id="huge@x.example") + b"\r\n" + b"y" * 76 + b"\r\n"
    streamed = huge + (b"z" * 74 + b"\r\n") * 80_000  # 6 MB
    kept_there = huge + (b"z" * 74 + b"\r\n") * 200_000  # 15 MB
    broken = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"\0\xff\xfe" * 50 + b"\r\n--x\r\n" * 3
    server.deliver(user, [*letters(3), streamed, broken, kept_there, *letters(3, begin=3)])
    look(account)
    assert account.state == AccountState.READY
    outcomes = dict(Remote.objects.values_list("uid", "outcome"))
    assert outcomes[6] == Outcome.TOO_LARGE
    assert [outcomes[uid] for uid in (1, 2, 3, 4, 7, 8, 9)] == [Outcome.STORED] * 7
    assert outcomes[5] in {Outcome.STORED, Outcome.ASIDE}
    left = Remote.objects.get(uid=6)
    assert left.reason == "It is larger than 12 MB and was left on the server."
    stored = Remote.objects.get(uid=4).sha256
    assert len(read(raw_store(), stored)) > 6_000_000
    assert list((home / "uploads").glob("live-*")) == []


def test_a_message_at_which_the_connection_always_breaks_is_left_out(
    account: Account, server: Dovecot, user: str, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    from amends.mail.live import Dropped, Link

    server.deliver(user, letters(30))
    whole = Link.bodies

    def bodies(link: Link, uids: list[int]) -> dict[int, bytes]:
        if 17 in uids:
            raise Dropped("the server ended the connection")
        return whole(link, uids)

    monkeypatch.setattr(Link, "bodies", bodies)
    for _ in range(20):
        look(account)
    assert account.state == AccountState.READY
    assert Message.objects.count() == 29
    left = Remote.objects.get(uid=17)
    assert (left.outcome, left.reason) == (
        Outcome.UNREADABLE, "The server ended the connection 3 times when it was asked for.",
    )  # fmt: skip


def test_a_long_look_stops_in_time_and_goes_on(
    account: Account, server: Dovecot, user: str, readers: Lending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "AT_ONCE", 10)
    server.deliver(user, letters(60))
    moment = [NOW]

    def clock() -> datetime:
        moment[0] += timedelta(seconds=9)
        return moment[0]

    turn = take_turn(account.pk, None, readers=readers.borrow, clock=clock)
    account.refresh_from_db()
    assert turn.looked is not None
    assert turn.looked.more
    first = set(Remote.objects.values_list("uid", flat=True))
    assert 0 < len(first) < 60
    assert min(first) > 60 - len(first)  # the newest first
    assert account.state == AccountState.READING
    server.deliver(user, letters(1, begin=60))
    while turn.news:
        turn = take_turn(account.pk, turn.link, readers=readers.borrow, clock=clock)
    assert turn.link is not None
    turn.link.close()
    assert Message.objects.count() == 61
    assert timedelta(seconds=60) == looking.ROUND
