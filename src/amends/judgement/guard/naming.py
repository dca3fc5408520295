"""What a client is called in a text: its name, its own word where that is no ordinary one, its domains, its people."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = frozenset(
    """ltd limited inc llc plc gmbh ag bv co company corp corporation group holding holdings partners solicitors law
    lawyers foods food pictures films studio studios media clinic council hotel hotels school college university
    bikes optics bank trust charity association society museum theatre restaurant brewery brewing practice agency
    services solutions consulting systems software design logistics insurance pharma books bakery build builders
    ceramiche maschinenbau bodegas atelier union credit energy health care travel capital ventures labs
    technologies tech industries foundation and of the & kg sa sarl srl spa nv oy ab""".split()  # noqa: SIM905
)
_ORDINARY = frozenset(
    """summit apple orange target copper kettle gantry oak bright north south east west first general national united
    global star sun blue green red black white gold silver royal city river lake bay harbour harbor hill park
    field stone bridge gate tower castle market fresh pure smart prime peak alpha delta omega next open light
    fern""".split()  # noqa: SIM905
)
_WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    """The words of a text, in lower case."""
    return frozenset(_WORD.findall(text.lower()))


class Called:
    """The names of one client. `first` are the words that one of them begins with: where none of these stands in a
    text, nothing of it is named there, and `may_stand` need not be asked (a firm may have thousands of clients).
    """

    def __init__(self, name: str, domains: Iterable[str], people: Iterable[str]) -> None:
        parts = name.split()
        own = [word for word in parts if word.strip(".,").lower() not in _KINDS]
        forms = [name] if parts else []
        ordinary = len(own) == 1 and own[0].lower() in _ORDINARY
        if own and len(own) < len(parts) and not ordinary and len(" ".join(own)) > 3:
            forms.append(" ".join(own))
        self._forms = [*forms, *(person for person in people if len(person.split()) > 1)]
        self._domains = [domain for domain in domains if "." in domain]
        heads = (_WORD.search(each.lower()) for each in (*self._forms, *self._domains))
        self.first = frozenset(head[0] for head in heads if head is not None)

    def may_stand(self, said: frozenset[str]) -> bool:
        """Are all words of one of the names among these: else the pattern, which costs, need not be made and tried."""
        return any(words(each) <= said for each in (*self._forms, *self._domains))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of the names, in the case they are written in; domains in any."""
        exact = [r"\s+".join(map(re.escape, form.split())) for form in self._forms]
        loose = [f"(?i:{re.escape(domain)})" for domain in self._domains]
        parts = sorted((*exact, *loose), key=len, reverse=True)
        return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)" if parts else r"(?!)")

    @cached_property
    def loose(self) -> re.Pattern[str]:
        """The same in the name of a file or a subject, where words may be joined by other signs."""
        return re.compile(self.pattern.pattern.replace(r"\s+", r"[\s_-]+"), self.pattern.flags)
