"""PostgreSQL keeps firms apart by itself: a query that forgets the firm finds nothing, in raw SQL too."""

# ruff: noqa: S608 (names of our own tables)

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client as Browser
from tests.conftest import NOW
from tests.integration.firm.test_isolation import ROWS, other, undone  # noqa: F401 (a fixture)
from tests.integration.web.conftest import no_firm
from tests.letters import bring, days, letter

from amends.firm.models import Firm, Member
from amends.firm.reach import reach
from amends.firm.row_security import obeys
from amends.firm.scope import FirmRow, all_firms, firm_scope
from amends.flows.set_up import found_firm
from amends.insights.soundness import examine
from amends.mail.queries import SYSTEM, search
from amends.mail.row_security import guard, guarded, looking_for, unguarded

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security")

PAST_MODELS = {"mail_raw", "mail_search"}
TABLES = sorted({model._meta.db_table for model in ROWS} | PAST_MODELS)


@pytest.fixture
def nobody(firm: Firm, other: Firm) -> Iterator[None]:  # noqa: F811
    """Two firms with mail, and none in scope."""
    with no_firm():
        yield


def _ask(query: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0] if cursor.description else cursor.rowcount


def _count(table: str) -> int:
    return int(_ask(f"SELECT count(*) FROM {table}"))


def test_the_suite_runs_as_a_role_that_obeys(db: None) -> None:
    assert obeys()
    assert _ask("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'mail_message'"), "as the owner, too"


def test_every_table_of_a_firm_has_its_policy(db: None) -> None:
    """Also those that no model knows; a new model gets one because its table has the column."""
    assert (guarded(), unguarded(), guard()) == (TABLES, [], [])


def test_without_a_firm_there_are_no_rows(nobody: None, subtests: pytest.Subtests) -> None:
    for table in TABLES:
        with subtests.test(table), undone():
            with all_firms():
                there = _count(table)
            assert there > 0
            assert _count(table) == 0
            assert _ask(f"UPDATE {table} SET firm_id = firm_id") == 0
            assert _ask(f"DELETE FROM {table}") == 0
            with all_firms():
                assert _count(table) == there


LEDGER = ("capital_policyversion", "capital_posting")


def test_a_firm_sees_and_writes_its_own_rows_only(firm: Firm, other: Firm, subtests: pytest.Subtests) -> None:  # noqa: F811
    for table in TABLES:
        with subtests.test(table), undone():
            with firm_scope(other):
                theirs = _count(table)
                assert theirs == _ask(f"SELECT count(*) FROM {table} WHERE firm_id = %s", other.pk) > 0
            mine = _count(table)
            assert mine == _ask(f"SELECT count(*) FROM {table} WHERE firm_id = %s", firm.pk)
            assert _ask(f"SELECT count(*) FROM {table} WHERE firm_id = %s", other.pk) == 0
            assert _ask(f"UPDATE {table} SET firm_id = firm_id WHERE firm_id = %s", other.pk) == 0
            with firm_scope(other):
                # Nobody can give rows away; of the ledger nobody can change one at all, which its trigger says first.
                _refused(f"UPDATE {table} SET firm_id = %s", firm.pk, also="|append-only" if table in LEDGER else "")
                assert _count(table) == theirs


def test_nobody_inserts_for_another_firm(firm: Firm, other: Firm, subtests: pytest.Subtests) -> None:  # noqa: F811
    """A copy of one of their rows, whatever its other columns: the policy speaks before any key."""
    for table in TABLES:
        with subtests.test(table), undone():
            with all_firms():
                theirs = f"SELECT * FROM {table} WHERE firm_id = {other.pk} LIMIT 1"
                _ask(f"CREATE TEMPORARY TABLE copied ON COMMIT DROP AS {theirs}")
            for scope in (firm_scope(firm), no_firm()):
                with scope:
                    _refused(f"INSERT INTO {table} SELECT * FROM copied")


def _refused(query: str, *values: Any, also: str = "") -> None:
    with pytest.raises(ProgrammingError, match=f"row-level security{also}"), transaction.atomic():
        _ask(query, *values)


def test_the_application_s_check_is_another_one(firm: Firm, other: Firm) -> None:  # noqa: F811
    """Where the firm in scope and the query's firm differ, nothing comes back at all."""
    model: type[FirmRow] = apps.get_model("mail", "Message")
    with firm_scope(other):
        theirs = model.objects.all()
    assert theirs.count() == 0


# -- how the firm reaches the connection ------------------------------------------------------------------------


def _told() -> str:
    return str(_ask("SELECT coalesce(current_setting('amends.firm', true), '')"))


def test_the_scope_travels_with_every_statement(firm: Firm) -> None:
    with connection.cursor() as cursor:  # one cursor, kept over changes of scope
        for inner in (firm_scope(77), all_firms(), firm_scope(78)):
            with inner:
                cursor.execute("SELECT current_setting('amends.firm')")
                seen = cursor.fetchone()[0]
                assert seen == reach()
        cursor.execute("SELECT current_setting('amends.firm')")
        assert cursor.fetchone()[0] == str(firm.pk)


def test_a_rollback_takes_the_firm_back_and_it_is_told_again(firm: Firm) -> None:
    assert _told() == str(firm.pk)
    with suppress(ZeroDivisionError), transaction.atomic(), firm_scope(77):
        assert _told() == "77"
        raise ZeroDivisionError
    assert _told() == str(firm.pk)
    with suppress(ProgrammingError), transaction.atomic(), firm_scope(77):
        assert _told() == "77"
        _ask("SELECT nothing_of_the_kind()")
    with firm_scope(77):
        assert _told() == "77"
    with suppress(InternalError), transaction.atomic():  # a failed transaction stays failed, whatever the scope
        with suppress(ProgrammingError):
            _ask("SELECT nothing_of_the_kind()")
        with firm_scope(78):
            _told()
    assert _told() == str(firm.pk)


@pytest.mark.django_db(transaction=True)
def test_it_holds_across_transactions_connections_and_threads(firm: Firm) -> None:
    with firm_scope(77):
        with transaction.atomic():
            assert _told() == "77"
        assert _told() == "77"  # committed, and autocommit goes on with it
    with transaction.atomic():
        assert _told() == str(firm.pk)
        connection.set_rollback(True)
    assert _told() == str(firm.pk)
    with transaction.atomic(), firm_scope(78):
        with suppress(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_of_the_kind()")
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")  # by hand, past Django
        assert _told() == "78"
    connection.close()
    assert _told() == str(firm.pk)
    seen: list[str] = []

    def elsewhere() -> None:
        try:
            seen.append(_told())  # a new thread has no firm
            with firm_scope(79):
                seen.append(_told())
            seen.append(_told())
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == ["", "79", ""]
    assert _told() == str(firm.pk)


def test_nothing_stays_behind_after_a_request(firm: Firm, member: Member, client: Browser) -> None:
    """The connection lives on; the next one to use it, without a firm, sees nothing of the last one's."""
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    with no_firm():
        assert client.get("/clients/").status_code == 200
        assert _count("firm_member") == 0
        assert client.get("/sign-in/").status_code == 302
        assert _count("firm_member") == 0


def test_telling_costs_a_statement_only_where_the_firm_changes(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    _told()
    sent: list[str] = []
    real = connection.connection.execute

    def heard(query: str, values: tuple[str]) -> Any:
        sent.append(values[0])
        return real(query, values)

    monkeypatch.setattr(connection.connection, "execute", heard)
    for _ in range(5):
        _told()
    with firm_scope(firm):
        _told()
    assert sent == []
    with firm_scope(77):
        pass  # nothing is asked, nothing is told
    with firm_scope(77):
        _told()
        _told()
    _told()
    assert sent == ["77", str(firm.pk)]


# -- what could be broken by it, and who says so ----------------------------------------------------------------


def test_search_uses_its_index(firm: Firm) -> None:
    """PostgreSQL does not trust the operator of full-text search with rows that a policy hides."""
    bring(*(letter(f"word{number} again\n", at=NOW - days(number / 100)) for number in range(300)), now=NOW)
    assert [message.snippet for message in search(SYSTEM, "word7")] == ["word7 again"]
    assert len(search(SYSTEM, "again", limit=500)) == 300
    plan = "EXPLAIN SELECT message_id FROM mail_search WHERE firm_id = %s AND vector @@ to_tsquery('simple', 'word7')"
    with looking_for("word7"), connection.cursor() as cursor:
        cursor.execute("DROP INDEX mail_search_newest")  # for so few letters the cheaper one
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(plan, (firm.pk,))
        assert "mail_search_vector" in "\n".join(row[0] for row in cursor.fetchall())
    assert _count("mail_search") == 300  # nothing is looked for any more


def test_keys_of_messages_are_shared_by_all_firms(firm: Firm) -> None:
    """Each firm must learn that a key is taken, though it sees none of the others' rows."""
    mail = [letter(f"{number}\n", at=NOW, message_id=f"{number}@x.example") for number in range(50)]
    rival = found_firm(["rival.example"], now=NOW, name="Rivals")
    for whose in (firm, rival):
        with firm_scope(whose):
            assert bring(*mail, now=NOW).imported == 50


def test_what_is_missing_is_found_and_made(firm: Firm) -> None:
    _ask("ALTER TABLE mail_thread NO FORCE ROW LEVEL SECURITY")
    _ask("CREATE POLICY everybody ON clients_client USING (true)")
    _ask("CREATE TABLE later_on (id bigint, firm_id bigint)")
    lacking = ["clients_client", "later_on", "mail_thread"]
    assert unguarded() == lacking
    said = {finding.id: finding for finding in examine(now=NOW)}["database.apart"]
    assert not said.ok
    assert "clients_client, later_on, mail_thread" in said.say
    assert guard() == lacking
    assert (unguarded(), guard()) == ([], [])
    assert {finding.id: finding.ok for finding in examine(now=NOW)}["database.apart"]


def test_a_role_above_the_policies_is_told(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """One firm alone: a caution. Several: it does not start."""
    assert [
        problem for problem in run_checks(databases=["default"]) if problem.id in {"amends.W010", "amends.E010"}
    ] == []
    monkeypatch.setattr("amends.firm.row_security.obeys", lambda: False)
    assert "amends.W010" in {problem.id for problem in run_checks(databases=["default"])}
    found_firm(["rival.example"], now=NOW, name="Rivals")
    [problem] = [problem for problem in run_checks(databases=["default"]) if problem.id == "amends.E010"]
    assert problem.is_serious()
    assert "CREATE ROLE" in str(problem.hint)
