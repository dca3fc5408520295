"""Looking for names and addresses in texts that rows hold, to take out what somebody wants forgotten."""

from __future__ import annotations

import json
from collections.abc import Collection

from django.db.models import Q


def holding(words: Collection[str], *, text: Collection[str] = (), data: Collection[str] = ()) -> Q:
    """Rows that hold one of `words` in a text column or in a JSON column; none where there are no words.

    SQLite keeps JSON as text with other letters than ASCII written as \\uXXXX, PostgreSQL as they are.
    """
    found = Q(pk__in=[])
    for word in words:
        for column in text:
            found |= Q((f"{column}__icontains", word))
        for column in data:
            found |= Q((f"{column}__icontains", word)) | Q((f"{column}__icontains", json.dumps(word)[1:-1]))
    return found
