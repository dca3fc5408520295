"""Is this installation sound, and how to mend what is not. Each check is one sentence for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from amends.capital.append_only import lacking
from amends.core.unreachable import unreachable
from amends.firm.models import Firm
from amends.firm.scope import firm_scope
from amends.insights.keeping import kept_well
from amends.insights.model import model_state
from amends.mail.queries import missing_raw, unindexed
from amends.mail.row_security import guarded, unguarded


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its id, whether all is well, and what to say."""

    id: str
    ok: bool
    say: str


def examine(*, now: datetime) -> list[Finding]:
    """All checks, in a fixed order; what later checks need is checked first."""
    found = [*_settings(), *_database()]
    state = model_state()
    found.append(Finding("model", state.reads, " ".join(part for part in (state.say, state.mend) if part)))
    if all(finding.ok for finding in found if finding.id != "model"):  # without one, rules judge
        found += [*(Finding(*one) for one in kept_well(now=now)), *_apart(), *_ledger(), *_firms()]
    return found


def _settings() -> Iterator[Finding]:
    problems = run_checks(databases=["default"])
    for problem in problems:
        yield Finding(problem.id or "settings", problem.level < 40, f"{problem.msg} {problem.hint or ''}".strip())
    if not problems:
        yield Finding("settings", True, "The settings are sound.")


def _database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        say = f"The database cannot be used: {str(error).strip()}. Restore a backup of it."
        yield Finding("database", False, unreachable(error, connection.settings_dict) or say)
        return
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting and not executor.loader.applied_migrations:
        yield Finding("database", False, "Nothing is stored here yet: begin with `amends import` or `amends serve`.")
        return
    if waiting:
        yield Finding("database", False, f"{len(waiting)} changes of the database wait: `amends today` makes them.")
        return
    yield Finding("database", True, f"{connection.display_name} is up to date.")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            said = cursor.fetchone()[0]
        say = "The SQLite file is whole." if said == "ok" else f"The SQLite file is damaged ({said}): restore a backup."
        yield Finding("database.whole", said == "ok", say)


def _apart() -> Iterator[Finding]:
    """On PostgreSQL: does the database itself keep firms apart."""
    if connection.vendor == "postgresql":
        open_to_all = unguarded()
        say = f"PostgreSQL keeps firms apart in {len(guarded())} tables."
        if open_to_all:
            say = f"PostgreSQL has no policy on {', '.join(open_to_all)}: `amends today` makes it."
        yield Finding("database.apart", not open_to_all, say)


def _ledger() -> Iterator[Finding]:
    """Does the database refuse to change the ledger."""
    missing = lacking()
    say = "The database refuses to change or delete lines of the ledger."
    if missing:
        say = f"The ledger could be changed, for {', '.join(missing)} are missing: `amends today` makes them."
    yield Finding("ledger", not missing, say)


def _firms() -> Iterator[Finding]:
    firms = list(Firm.objects.order_by("name"))
    if not firms:
        yield Finding("firm", True, "Nothing is here yet. Bring mail in with: amends import PATH")
    for firm in firms:
        with firm_scope(firm):
            lost, hidden = missing_raw(newest=1000), unindexed()
        say = "The raw store has the newest messages." if not lost else f"{lost} of the newest messages have no bytes."
        yield Finding(
            "raw", not lost, f"{firm.name}: {say}" + ("" if not lost else " Restore a backup of raw.sqlite3.")
        )
        say = "Search finds every message." if not hidden else f"{hidden} messages cannot be found by search."
        yield Finding("search", not hidden, f"{firm.name}: {say}")
