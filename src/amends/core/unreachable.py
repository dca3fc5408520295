"""What a database driver says where the server does not answer, for a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WHY = re.compile(
    r"Connection refused|timeout expired|could not translate host name|Name or service not known"
    r"|No route to host|Network is unreachable|No such file or directory",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"password authentication failed|no password supplied|role \"[^\"]*\" does not exist")
_NO_DATABASE = re.compile(r"database \"[^\"]*\" does not exist")


def unreachable(error: Exception, connects: Mapping[str, Any]) -> str:
    """One sentence where PostgreSQL does not answer or lets nobody in, "" for any other trouble.

    `connects` is Django's dictionary of the connection; its password is never said.
    """
    if "postgresql" not in str(connects.get("ENGINE", "")):
        return ""
    said = str(error)
    where = f"PostgreSQL at {connects.get('HOST') or 'its socket'}:{connects.get('PORT') or 5432}"
    if why := _REFUSED.search(said):
        return f"{where} lets {connects.get('USER') or 'us'} not in ({why[0]}): mend AMENDS_DATABASE_URL."
    if why := _NO_DATABASE.search(said):
        return f"{where} has no such database ({why[0]}): make it with createdb, or mend AMENDS_DATABASE_URL."
    if why := _WHY.search(said):
        return f"{where} does not answer ({why[0]}): start it, or mend AMENDS_DATABASE_URL. Nothing is lost by this."
    return ""
