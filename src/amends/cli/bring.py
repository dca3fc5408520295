"""`amends import`: bring mail in from archives."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

import click

from amends.cli.shown import counted
from amends.cli.start import now, open_home

if TYPE_CHECKING:
    from amends.mail.models import ImportRun
    from amends.mail.reading import ReaderPool


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, resolve_path=True))
@click.option("--own-domain", "own_domains_given", multiple=True, help="A mail domain of your own firm (repeatable).")
@click.option("--owner", default="", metavar="MEMBER", help="Whose mailbox this is: a member's e-mail address.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="The mailbox that the archive came from.")
@click.option("--visibility", type=click.Choice(["metadata", "subject", "all"]), help="What others see of it.")
@click.option("--change-readers", is_flag=True, help="Also where the mailbox is there already, and all it holds.")
@click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def import_command(
    paths: tuple[Path, ...],
    own_domains_given: tuple[str, ...],
    owner: str,
    mailbox: str,
    visibility: str | None,
    firm: str | None,
    *,
    change_readers: bool,
    as_json: bool,
) -> None:
    """Bring mail in: mbox, Maildir, .eml or .msg files, or a folder or zip of any of them.

    Importing the same archive again changes nothing. An interrupted import is finished by running it again.
    """
    from amends.mail.reading import ReaderPool

    with ReaderPool() as readers:  # the workers load, and begin to read, while the database opens
        open_home(if_new=lambda: _read_ahead(readers, paths[0]))
        from amends.flows.receive import run_import
        from amends.flows.set_up import begin_run, check_sources, own_domains
        from amends.flows.tasks import ask_help, no_more_help

        check_sources(paths)
        with _firm_for(list(own_domains_given), firm):
            known = own_domains()
            run = begin_run(
                paths, now=now(), address=mailbox, owner=owner, visibility=visibility or "",
                change_readers=change_readers,
            )  # fmt: skip
            with _bar() as show:
                report = run_import(run, readers=readers, clock=now, progress=show, share=ask_help)
            no_more_help()
            taken = own_domains() - known
    if taken:
        click.echo(f"Took {', '.join(sorted(taken))} for your own; see the README where that is wrong.", err=True)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        _tell(report.as_json())
    sys.exit(1 if report.set_aside else 0)


def _read_ahead(readers: ReaderPool, path: Path) -> None:
    """Begin to read an archive that must be new, because the home is."""
    from amends.mail.sources import Item, NotMail, open_source

    if not path.is_file() or is_zipfile(path):
        return
    items = (item for item in open_source(path, scratch=path.parent) if isinstance(item, Item))
    with suppress(NotMail):
        readers.ahead(items, now=now())


def _firm_for(own_domains: list[str], name: str | None) -> Any:
    """The firm to import into; on an empty home it is made first, and learns its domains from the mail."""
    from amends.cli.start import in_firm
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope
    from amends.flows.set_up import UNNAMED, add_own_domains, found_firm

    if not Firm.objects.exists():
        return in_firm(found_firm(own_domains, now=now(), name=name or ("" if own_domains else UNNAMED)).name)
    with in_firm(name) as firm, firm_scope(firm):
        add_own_domains(own_domains)
    return in_firm(name)


def _bar() -> Any:
    """A progress bar on a terminal, nothing elsewhere."""
    from contextlib import contextmanager

    @contextmanager
    def bar() -> Any:
        if not sys.stderr.isatty():
            yield lambda run: None
            return
        with click.progressbar(length=1000, label="Reading", file=sys.stderr, width=0) as shown:

            def show(run: ImportRun) -> None:
                shown.label = "Judging" if run.state == "judging" else "Reading"
                target = int(1000 * min(1.0, run.bytes_done / run.bytes_total)) if run.bytes_total else 0
                if target < shown.pos:
                    shown.pos = 0
                shown.update(target - shown.pos)

            yield show

    return bar()


def _tell(report: dict[str, Any]) -> None:
    """The report for a person."""
    click.echo(
        f"Saw {counted(report['seen'], 'message')} in {report['seconds']:.1f} s: {report['imported']:,} imported,"
        f" {report['duplicates']:,} known already, {sum(report['skipped'].values()):,} skipped,"
        f" {len(report['set_aside']):,} set aside."
    )
    for reason, count in sorted(report["skipped"].items()):
        click.echo(f"  skipped {count:,}: {reason}")
    for item in report["set_aside"][:20]:
        click.echo(f"  set aside {item['source']}: {item['reason']}")
    if len(report["set_aside"]) > 20:
        click.echo(f"  … and {len(report['set_aside']) - 20:,} more; all of them are on the page Set aside.")
    click.echo(
        f"Now {counted(report['clients'], 'client')}, {counted(report['contacts'], 'contact')},"
        f" {counted(report['threads'], 'conversation')}."
    )
