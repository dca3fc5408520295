"""Days with names: Christmas, Easter, Thanksgiving, Eid al-Fitr, "the bank holiday".

Days that business English names wherever it is written are reckoned here, which costs nothing; those of a moon are
looked up in the `holidays` package, which takes a moment once a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache

from amends.judgement.due import numbers
from amends.judgement.due.scene import Piece, Scene, make_day, say
from amends.judgement.due.tokens import Tokens, words
from amends.judgement.working_time import UnknownHolidays, holidays_of

Rule = Callable[[int, str], date | None]


def _fixed(month: int, day: int) -> Rule:
    return lambda year, country: date(year, month, day)


def easter(year: int) -> date:
    """Western Easter Sunday (Anonymous Gregorian algorithm, Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _from_easter(days: int) -> Rule:
    return lambda year, country: easter(year) + timedelta(days=days)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The `nth` such weekday of the month; -1 is the last."""
    if nth < 0:
        end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else None


def _nth(month: int, weekday: int, nth: int, days: int = 0) -> Rule:
    def rule(year: int, country: str) -> date | None:
        day = nth_weekday(year, month, weekday, nth)
        return None if day is None else day + timedelta(days=days)

    return rule


def _thanksgiving(year: int, country: str) -> date | None:
    return nth_weekday(year, 10, 0, 2) if country == "CA" else nth_weekday(year, 11, 3, 4)


def _labour_day(year: int, country: str) -> date | None:
    return nth_weekday(year, 9, 0, 1) if country in ("US", "CA", "") else date(year, 5, 1)


def _mothers_day(year: int, country: str) -> date | None:
    return easter(year) - timedelta(days=21) if country in ("GB", "IE") else nth_weekday(year, 5, 6, 2)


def _independence(year: int, country: str) -> date | None:
    return (_of_country(country, year, "independence") if country not in ("US", "") else None) or date(year, 7, 4)


def _moon(country: str, name: str) -> Rule:
    return lambda year, _: _of_country(country, year, name)


_RULES: dict[str, Rule] = {
    "christmas eve|xmas eve": _fixed(12, 24),
    "christmas day|christmas|xmas day|xmas|x - mas|the christmas holidays|the christmas break": _fixed(12, 25),
    "boxing day|st stephen's day|saint stephen's day": _fixed(12, 26),
    "new year's eve|new years eve|new year eve|nye|silvester|hogmanay": _fixed(12, 31),
    "new year's day|new years day|new year day|new year's|new year|the new year": _fixed(1, 1),
    "epiphany|three kings day|three kings' day": _fixed(1, 6),
    "valentine's day|valentines day|valentine's|st valentine's day|valentine day": _fixed(2, 14),
    "st patrick's day|saint patrick's day|st . patrick's day|st paddy's day": _fixed(3, 17),
    "april fools' day|april fools day|april fool's day|april fools|all fools' day": _fixed(4, 1),
    "earth day": _fixed(4, 22),
    "may day|international workers' day|workers' day|workers day|international labour day": _fixed(5, 1),
    "cinco de mayo": _fixed(5, 5),
    "juneteenth": _fixed(6, 19),
    "independence day|us independence day": _independence,
    "fourth of july|4th of july": _fixed(7, 4),
    "bastille day": _fixed(7, 14),
    "assumption day|the assumption": _fixed(8, 15),
    "halloween|hallowe'en|halloween day|all hallows' eve": _fixed(10, 31),
    "all saints' day|all saints day|all saint's day|all hallows": _fixed(11, 1),
    "all souls' day|all souls day": _fixed(11, 2),
    "guy fawkes night|bonfire night|guy fawkes day": _fixed(11, 5),
    "veterans day|veterans' day|veteran's day|armistice day|remembrance day": _fixed(11, 11),
    "international women's day|women's day": _fixed(3, 8),
    "groundhog day|ground hog day": _fixed(2, 2),
    "pi day": _fixed(3, 14),
    "burns night": _fixed(1, 25),
    "anzac day": _fixed(4, 25),
    "australia day": _fixed(1, 26),
    "canada day": _fixed(7, 1),
    "st george's day|saint george's day": _fixed(4, 23),
    "teacher's day|teachers' day|teachers day": _fixed(9, 10),
    "children's day|childrens day": _fixed(6, 1),
    "youth day": _fixed(5, 4),
    "singles day|singles' day": _fixed(11, 11),
    "tax day": _fixed(4, 15),
    "easter sunday|easter day|easter|the easter holidays|the easter break": _from_easter(0),
    "easter monday": _from_easter(1),
    "easter saturday|holy saturday": _from_easter(-1),
    "good friday": _from_easter(-2),
    "maundy thursday|holy thursday": _from_easter(-3),
    "ash wednesday": _from_easter(-46),
    "shrove tuesday|pancake day|mardi gras|pancake tuesday|fat tuesday": _from_easter(-47),
    "palm sunday": _from_easter(-7),
    "ascension day|ascension": _from_easter(39),
    "whit sunday|pentecost|whitsun": _from_easter(49),
    "whit monday|pentecost monday": _from_easter(50),
    "corpus christi": _from_easter(60),
    "thanksgiving day|thanksgiving|thanks giving day|thanks giving|thanksgivings": _thanksgiving,
    "black friday": _nth(11, 3, 4, 1),
    "cyber monday": _nth(11, 3, 4, 4),
    "mlk day|martin luther king day|martin luther king jr day|martin luther king jr . day": _nth(1, 0, 3),
    "presidents' day|presidents day|president's day|washington's birthday": _nth(2, 0, 3),
    "memorial day": _nth(5, 0, -1),
    "labor day|labour day": _labour_day,
    "columbus day|indigenous peoples' day": _nth(10, 0, 2),
    "mother's day|mothers' day|mothers day|mothering sunday": _mothers_day,
    "father's day|fathers' day|fathers day": _nth(6, 6, 3),
    "early may bank holiday|may bank holiday": _nth(5, 0, 1),
    "spring bank holiday|late may bank holiday|whitsun bank holiday": _nth(5, 0, -1),
    "august bank holiday|summer bank holiday|late august bank holiday": _nth(8, 0, -1),
    "melbourne cup day": _nth(11, 1, 1),
    "victoria day": lambda year, country: date(year, 5, 24) - timedelta(days=date(year, 5, 24).weekday()),
    "eid al - fitr|eid al fitr|eid ul - fitr|eid ul fitr|eid": _moon("TR", "eid al-fitr"),
    "eid al - adha|eid al adha|eid ul - adha|eid ul adha": _moon("TR", "eid al-adha"),
    "diwali|deepavali": _moon("IN", "diwali"),
    "holi": _moon("IN", "holi"),
    "chinese new year|lunar new year|spring festival": _moon("SG", "chinese new year"),
    "dragon boat festival": _moon("HK", "dragon boat festival"),
    "passover|pesach": _moon("IL", "pesach"),
    "rosh hashanah": _moon("IL", "rosh hashanah"),
    "yom kippur": _moon("IL", "yom kippur"),
}
_BY_FIRST: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
for _names, _rule in _RULES.items():
    for _name in _names.split("|"):
        _words = tuple(words(_name))
        _BY_FIRST.setdefault(_words[0], []).append((_words, _rule))
STARTS = frozenset(_BY_FIRST)


@lru_cache(maxsize=256)
def _of_country(country: str, year: int, name: str) -> date | None:
    """The first day so called among the country's holidays in that year."""
    for day, called in _holidays(country, None, year):
        if name in called.lower() and "observed" not in called.lower():
            return day
    return None


def _holidays(country: str, subdivision: str | None, year: int) -> Iterable[tuple[date, str]]:
    """What is known of them: a country that the library does not know has none."""
    try:
        return holidays_of(country, subdivision, year).items()
    except UnknownHolidays:
        return ()


def feast(scene: Scene, index: int) -> Piece | None:
    """A day with a name, and the year it is of: the next to come where none is said."""
    tokens = scene.tokens
    if tokens.word(index) == "the":
        holiday = _bank_holiday(scene, index)
        if holiday is not None:
            return holiday
    found = _longest(tokens, index)
    if found is None and tokens.word(index) in ("the", "this", "next", "last", "coming"):
        found = _longest(tokens, index + 1)
    if found is None:
        return None
    stop, rule = found
    year, stop = _year(scene, stop, tokens.word(index))
    country = scene.working.country or ""
    day = rule(year, country) if year else _nearest(scene, index, rule, country)
    return None if day is None else Piece(stop, say(day), first=day)


def _longest(tokens: Tokens, index: int) -> tuple[int, Rule] | None:
    fits = [
        (stop, rule) for name, rule in _BY_FIRST.get(tokens.word(index), ()) if (stop := tokens.reads(index, *name))
    ]
    return max(fits, key=lambda fit: fit[0], default=None)


def _year(scene: Scene, stop: int, before: str) -> tuple[int, int]:
    tokens = scene.tokens
    at = tokens.skip(tokens.skip(stop, ","), "of", "in")
    year = numbers.year(tokens, at)
    if year is not None:
        return int(year.value), year.stop
    for which, years in (("this", 0), ("next", 1), ("last", -1)):
        if tokens.word(at) == which and tokens.word(at + 1) == "year":
            return scene.today.year + years, at + 2
    return (0, stop)


def _nearest(scene: Scene, index: int, rule: Rule, country: str) -> date | None:
    years = range(scene.today.year - 1, scene.today.year + 2)
    days = [
        day for year in years if (day := rule(year, country)) is not None and make_day(day.year, day.month, day.day)
    ]
    if scene.is_past(index) or scene.tokens.word(index) == "last":
        return max((day for day in days if day <= scene.today), default=None)
    return min((day for day in days if day >= scene.today), default=None)


def _bank_holiday(scene: Scene, index: int) -> Piece | None:
    """ "the bank holiday", "the next public holiday": the next one of the firm's country."""
    tokens = scene.tokens
    at = tokens.skip(index + 1, "next", "coming", "upcoming")
    stop = tokens.reads(at, "bank", "holiday") or tokens.reads(at, "public", "holiday")
    working = scene.working
    if not stop or working.country is None:
        return None
    stop = tokens.skip(stop, "monday", "weekend")
    for year in (scene.today.year, scene.today.year + 1):
        for day, name in _holidays(working.country, working.subdivision, year):
            if day > scene.today and day.weekday() in working.days:
                return Piece(stop, f"{name}, {say(day)}", first=day)
    return None
