"""Text in a cell of a CSV file that a spreadsheet will not take for a formula."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would compute it (OWASP, "CSV injection").

    Full-width signs begin formulas too in some spreadsheets; white space before a sign does not stop others.
    """
    bare = text.lstrip(" \u00a0\n")
    risky = text.startswith(_STARTS) or bare.startswith((*_STARTS, "＝", "＋", "－", "＠"))
    return f"'{text}" if risky else text
