"""A name that somebody else chose, as the name of a file: it leads nowhere, and looks like what it is."""

from __future__ import annotations

import re
import unicodedata

_PORTS = (f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS})
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')  # on some system or other
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # Unicode's categories of what shows nothing


def file_name(name: str, *, otherwise: str, longest: int = 150) -> str:
    """`name` without folders, control signs, signs that turn the direction of writing, or a name that Windows keeps
    for devices; `otherwise` where nothing is left. The suffix survives where the name has more than `longest` signs.

    "a\\u202Efdp.exe", which a screen shows as "aexe.pdf", becomes "afdp.exe".
    """
    bare = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in bare if unicodedata.category(sign) not in _UNSEEN)
    flat = " ".join(_FORBIDDEN.sub("_", shown).split()).strip(". ")
    if flat.partition(".")[0].rstrip().lower() in _DEVICES:
        flat = f"_{flat}"
    if len(flat) > longest:
        stem, dot, suffix = flat.rpartition(".")
        tail = f".{suffix}" if dot and len(suffix) <= 10 else ""
        flat = (stem if tail else flat)[: longest - len(tail)].rstrip(". ") + tail
    return flat or otherwise
