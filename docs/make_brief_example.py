"""Writes docs/explanation/a-brief.md from the sample agency's worst case: python docs/make_brief_example.py

The mail is that of `amends demo`; what was found and what is given are written here. Dates stand still, so that the
page is the same each time.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

PAGE = Path(__file__).resolve().parent / "explanation" / "a-brief.md"
NOW = datetime(2026, 3, 12, 14, 20, tzinfo=UTC)
CLIENT = "hartwell.example"
WANTED = "Could somebody please look at the invoicing itself, and not only send me a corrected copy?"
POINTS: tuple[dict[str, str], ...] = (
    {
        "quote": "VAT has been charged", "and": "This time it is the VAT",
        "happened": "The export catalogue is zero-rated, and we charged VAT on it. Two hours of photography stand on "
        "page two and not in the total on page one.",
        "why": "The tax code was copied from another invoice, and nobody added page two up.",
        "we_do": "You get the corrected invoice, and the two before it are gone through line by line.",
        "by_when": "2026-03-16", "hard_part": "There is no excuse for a sum: say so, and stop there.",
    },
    {
        "quote": "This is the third time",
        "happened": "Three invoices since July were wrong, each in another way.",
        "why": "Each time we corrected the copy, and not the way in which invoices are made.",
        "we_do": "From now on nobody sends an invoice that they wrote: a second person holds it against the hours and "
        "the order, and signs it.",
        "by_when": "2026-03-19", "hard_part": "",
    },
    {
        "quote": "In July you told me", "and": "I thought there was to be a check",
        "happened": "The check was promised and never set up. The note was never written.",
        "why": "Nobody owned either of them.",
        "we_do": "You get the note of what changed, with the name of whoever checks.",
        "by_when": "2026-03-19",
        "hard_part": "We gave our word twice and kept it neither time. Say it before they do.",
    },
    {
        "quote": "I have stopped their account",
        "happened": "Dennis holds our invoices. Nothing of your work is held on our side.",
        "why": "He was told of no change, since there was none.",
        "we_do": "I ring Dennis, tell him what changes, and by when he can hold us to it.",
        "by_when": "2026-03-13", "hard_part": "",
    },
)  # fmt: skip
GONE = "The work itself is good"
HEAD = """\
# A brief, as it writes itself

This is the worst case of the sample agency (`amends demo`): Hartwell's third invoice with an error. The mail is the
sample's; the points are sentences of it. What was found, what is done and what is given was typed in, as somebody of
the agency would; everything else writes itself. Made by `python docs/make_brief_example.py`; of your own mail
`amends brief CLIENT --for client` prints the same. [How to use it](../how-to/brief-and-call.md).

Of the two versions the client gets the first. The second holds what is for the team alone.

"""


def page(briefs: dict[str, str]) -> str:
    """The page: both versions, as Markdown stands in them."""
    parts = [HEAD]
    for whom, title in (("client", "For the client"), ("team", "For the team")):
        parts.append(f"## {title}\n\n````markdown\n{briefs[whom].strip()}\n````\n")
    return "\n".join(parts).replace("\n\n\n", "\n\n")


def briefs(folder: Path) -> dict[str, str]:
    """Both versions of the brief, in an empty home (or test database): mail, recovery, findings, a remedy."""
    from amends.demo import agency
    from amends.firm.models import Member, Role
    from amends.firm.scope import firm_scope
    from amends.flows.receive import run_import
    from amends.flows.sample import make_firm
    from amends.flows.set_up import begin_run
    from amends.judgement.model import use
    from amends.mail.reading import ReaderPool

    box = folder / "hartwell.mbox"
    box.write_bytes(b"".join(_letters()))
    with firm_scope(make_firm(NOW)), use(None), ReaderPool(workers=1) as readers:
        for one in agency.FIRM.members:
            role = Role.ADMINISTRATOR if one is agency.FIRM.members[0] else Role.PARTNER
            Member.objects.create_member(email=one.email, name=one.name, role=role, now=NOW)
        run_import(begin_run([box], now=NOW), readers=readers, clock=lambda: NOW)
        return _walked()


def _letters() -> list[bytes]:
    from amends.demo import agency
    from amends.demo.mime import mbox_entry

    return [
        mbox_entry(letter)
        for letter in agency.letters(NOW)
        if any(person.email.endswith(CLIENT) for person in (letter.sender, *letter.to, *letter.cc))
    ]


def _walked() -> dict[str, str]:
    from amends.firm.models import Member
    from amends.flows.recovery import points, programs, remedies
    from amends.flows.recovery.opening import Asked, open_recovery
    from amends.insights.recovery.brief_page import brief_page
    from amends.mail.models import Message
    from amends.mail.queries import SYSTEM
    from amends.recovery import queries

    jonas = Member.objects.get(name__startswith="Jonas")
    newest = Message.objects.filter(direction="in", subject__contains="OP-2231").latest("sent_at")
    asked = Asked(threads=[newest.thread.public_id], owner=jonas, title="A third invoice with an error")
    made = open_recovery(SYSTEM, asked, by=jonas, now=NOW)
    key = made.public_id

    def point(begins: str) -> UUID:
        return next(one.public_id for one in queries.points(made) if begins in one.quote)

    points.remove(SYSTEM, key, point(GONE), now=NOW)
    for one in reversed(POINTS):  # Petra's words first: of those that are merged, the first one stays
        if "and" in one:
            points.place(SYSTEM, key, point(one["and"]), number=1)
        points.place(SYSTEM, key, point(one["quote"]), number=1)
        if "and" in one:
            points.merge(SYSTEM, key, [point(one["quote"]), point(one["and"])], now=NOW)
        said = programs.Said(
            **{name: one[name] for name in ("happened", "why", "we_do", "by_when", "hard_part")},
            responsibility="ours", sure="sure",
        )  # fmt: skip
        programs.find_out(SYSTEM, key, point(one["quote"]), said, by=jonas, now=NOW)
    programs.change(
        SYSTEM, key, wanted=WANTED, root_cause=None, failure_mode="accounting-error", kept_word=None, version=None,
        by=jonas, now=NOW,
    )  # fmt: skip
    credit = remedies.Typed("credit", "This month's invoice is not billed", "480", "2026-03-16")
    remedies.give(SYSTEM, key, credit, by=jonas, now=NOW)
    return {whom: brief_page(SYSTEM, key, whom).text for whom in ("client", "team")}


def main() -> None:
    """Make the page in a home that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        os.environ |= {"AMENDS_HOME": str(home), "AMENDS_MODEL": "off"}
        os.environ.pop("AMENDS_DATABASE_URL", None)
        from amends.cli.start import open_home

        open_home(quiet=True)
        PAGE.write_text(page(briefs(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
