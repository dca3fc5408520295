"""Is the web process up, and does the database answer?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
def healthy(request: HttpRequest) -> HttpResponse:
    """ "ok", or 503 where the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type=_PLAIN)
    return HttpResponse("ok\n", content_type=_PLAIN)
