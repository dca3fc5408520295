"""Starting lists as they count now: the newest edition that the firm wrote, else the shipped one."""

from __future__ import annotations

from amends.boundaries.models import StartingList
from amends.boundaries.starting import ListKind, Starting, of_content, shipped


def lists(kind: ListKind, *, retired: bool = False) -> list[Starting]:
    """All lists of a kind, the general one first, then by name; those that are not used any more where `retired`."""
    found = {one.slug: one for one in shipped() if one.kind == kind}
    for row in StartingList.objects.filter(kind=kind).order_by("edition"):
        found[row.slug] = of_content(
            row.content, kind=kind, slug=row.slug, name=row.name, edition=row.edition, retired=row.retired
        )
    wanted = [one for one in found.values() if retired or not one.retired]
    return sorted(wanted, key=lambda one: (one.slug != "general", one.name.casefold()))


def one_list(kind: ListKind, slug: str) -> Starting | None:
    """One list as it counts now."""
    return next((one for one in lists(kind, retired=True) if one.slug == slug), None)


def editions(kind: ListKind, slug: str) -> list[StartingList]:
    """What the firm wrote of one list, the newest first."""
    rows = StartingList.objects.filter(kind=kind, slug=slug).select_related("by")
    return list(rows.order_by("-edition")[:50])
