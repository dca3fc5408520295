"""From what was read to the moment that is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from amends.judgement.due.finding import Found
from amends.judgement.due.joining import next_day, small_hours
from amends.judgement.due.scene import FIRST_YEAR, LAST_YEAR, NIGHT, Piece, Scene, say
from amends.judgement.due.words import bag

_THINGS = bag("things")


@dataclass(frozen=True, slots=True)
class Resolved:
    """An expression with its moment; `rank` is how much it looks like a deadline, 0 where it cannot be one."""

    start: int
    end: int
    at: datetime | None
    whole_day: bool
    begins: datetime | None
    why: str
    rank: int


def resolve(scene: Scene, found: Found) -> Resolved | None:
    """The moment that the expression means, or None where it lies outside the years that mail speaks of."""
    piece = found.piece
    start, end = scene.tokens.at(found.index).start, scene.tokens.at(piece.stop - 1).end
    try:
        at, begins, whole, why = _moment(scene, found)
    except (ValueError, OverflowError):  # the edge of the calendar
        return None
    if at is not None and not FIRST_YEAR - 1 <= at.year <= LAST_YEAR + 1:
        return None
    return Resolved(start, end, at, whole, begins, why or "as written", _rank(scene, found, at))


def _moment(scene: Scene, found: Found) -> tuple[datetime | None, datetime | None, bool, str]:
    piece = found.piece
    if piece.open:
        return None, None, False, piece.why
    if piece.moment is not None:
        return piece.moment, piece.begins, False, piece.why
    if piece.first is None:
        piece = _today(scene, piece)
    if piece.first is None:
        return None, None, False, piece.why
    if found.prefix in ("after", "from", "since"):
        return _since(scene, found.prefix, piece)
    if found.prefix == "before" and piece.clock is None:
        return _before(scene, piece)
    return _by(scene, piece, past=found.prefix == "earlier")


def _by(scene: Scene, piece: Piece, *, past: bool) -> tuple[datetime | None, datetime | None, bool, str]:
    if piece.first is None:
        return None, None, False, piece.why
    last = piece.last or piece.first
    zone = piece.zone or scene.zone
    if piece.clock is None:
        at = scene.now if past and last >= scene.today else scene.closes(last)
        begins = datetime.combine(piece.first, time(0), scene.zone) if piece.period else piece.begins
        return at, begins, True, _dated(piece.why, last)
    if small_hours(piece):
        last = last if datetime.combine(last, piece.clock, zone) > scene.now else next_day(last)
    at = datetime.combine(last, piece.clock, zone)
    if piece.firm and last == scene.today and at < scene.now and piece.part == "close":
        at = datetime.combine(last, NIGHT, zone)
    begins = datetime.combine(piece.first, time(0), zone) if piece.period else None
    if piece.opens is not None:
        begins = datetime.combine(piece.first, piece.opens, zone)
    why = _dated(piece.why, last)
    return at, begins, False, why if f"{at:%H:%M}" in why else f"{at:%H:%M}, {why}"


def _dated(why: str, day: date) -> str:
    """The reading with its day, once."""
    named = say(day)
    return why if named in why else f"{why}, {named}".lstrip(", ")


def _today(scene: Scene, piece: Piece) -> Piece:
    """A time of day alone: today, or the next day where it has passed; of an office, on a working day."""
    if piece.clock is None:
        return piece
    zone = piece.zone or scene.zone
    today = scene.now.astimezone(zone).date()
    if piece.part == "close":
        day = today if scene.is_working(today) else scene.working_day(today, 1)
    else:
        over = datetime.combine(today, piece.clock, zone) < scene.now
        day = today + timedelta(days=1) if over else today
        if piece.firm and not scene.is_working(day):
            day = scene.working_day(day, 1)
    return Piece(
        piece.stop,
        f"{piece.why}, {say(day)}".lstrip(", "),
        first=day,
        clock=piece.clock,
        opens=piece.opens,
        part=piece.part,
        zone=piece.zone,
        firm=piece.firm,
    )


def _since(scene: Scene, prefix: str, piece: Piece) -> tuple[datetime | None, datetime | None, bool, str]:
    """ "after Friday" and "from Monday" say when it begins, and no end."""
    zone = piece.zone or scene.zone
    day: date = (piece.last if prefix == "after" else piece.first) or piece.first or scene.today
    if piece.clock is not None:
        begins = datetime.combine(day, piece.clock, zone)
    elif prefix == "after":
        begins = datetime.combine(next_day(day), time(0), zone)
    else:
        begins = datetime.combine(day, time(0), zone)
    return None, begins, piece.clock is None, f"{prefix} {piece.why}: no end is said"


def _before(scene: Scene, piece: Piece) -> tuple[datetime | None, datetime | None, bool, str]:
    """ "before Friday": the end of the last working day before it; today where only today is left."""
    first = piece.first or scene.today
    day = scene.working_day(first, -1)
    if day < scene.today <= first:
        day = min(scene.today, first)
    return scene.closes(day), None, True, f"the last working day before {say(first)}, {say(day)}"


def _rank(scene: Scene, found: Found, at: datetime | None) -> int:
    """How much it looks like a deadline.

    0: it cannot be one; 1: open, or begins then; 2: the date of a meeting or a letter; 3: a period; 4: a day; 5: "on";
    6: "by"; 7: "at the latest".
    """
    piece = found.piece
    if (at is not None and at < scene.now) or found.prefix in ("since", "earlier", "from"):
        return 0
    if piece.part == "now":
        return 1 if found.prefix == "" and scene.tokens.word(found.index) not in ("at",) else 0
    if at is None:
        return 1
    if found.latest:
        return 7
    if found.prefix in ("by", "until", "before", "within") or piece.bound:
        return 6
    before = scene.tokens.word(found.index - 1)
    if before in _THINGS or found.prefix == "of" or before.endswith("'s"):
        return 2
    if piece.firm or piece.moment is not None or (found.prefix in ("on", "in", "at", "for") and not piece.period):
        return 5
    return 3 if piece.period else 4
