"""The API as a whole: its operations, its schema (OpenAPI 3.1), its addresses."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter
from django.urls.converters import PathConverter
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.operation import Operation

from amends import __version__
from amends.api import problems
from amends.api.door import KEY, Bearer, door, open_door
from amends.api.v1 import (
    capital,
    check,
    clearance,
    clients,
    drills,
    engagements,
    gates,
    giving,
    goodwill,
    imports,
    limits,
    mail,
    me,
    partings,
    points,
    policies,
    promises,
    recoveries,
    signals,
    talking,
    work,
)

PREFIX = "/api/v1/"
_KEEPS_NOTHING = frozenset({"check_draft", "preview_policy"})  # not even its answer, which holds words of mail or names
_DESCRIPTION = """\
Everything here is read and done as the member whose token is shown, and never shows more than that member may see.

- **Tokens** go into the header `Authorization: Bearer amends_…`. They are made under Settings, Access tokens.
- **Lists** are paged: pass `next` as `cursor`, until it is null.
- **Errors** are problem details (RFC 9457), `application/problem+json`.
- **POST** with an `Idempotency-Key` header is done once, however often it is sent within 24 hours. A check changes
  and keeps nothing, and needs none.
- **Nothing is sent** to a client from here: a question or a disclosure is prepared as a draft, and a person sends it.
- **Too many requests** are refused with 429 and `Retry-After`.
"""


class AmendsAPI(NinjaAPI):
    """Names its operations and addresses after their functions, and says all that the door does."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_operation_url_name(self, operation: Operation, router: Router) -> str:
        return f"api-{operation.view_func.__name__.replace('_', '-')}"

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        schema = json.loads(json.dumps(super().get_openapi_schema(path_prefix=path_prefix or PREFIX)))
        needs = {
            self.get_openapi_operation_id(operation): operation.auth_callbacks
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
        }
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                _complete(operation, method, needs[operation["operationId"]])
        return schema


def _complete(operation: dict[str, Any], method: str, needs: Any) -> None:
    """What all operations have in common, and which scope one needs."""
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            answer["content"] = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = operation["responses"]
    answers["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    answers["429"]["headers"] = {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    scopes = [str(one.scope) for one in needs if isinstance(one, Bearer) and one.scope is not None]
    operation["security"] = [{"Bearer": scopes}]
    if method == "post" and operation["operationId"] not in _KEEPS_NOTHING:
        operation.setdefault("parameters", []).append({
            "in": "header", "name": KEY, "required": False,
            "description": "Sent again with the same key within 24 hours, the request is answered as it was and not "
            "done again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        })  # fmt: skip


api = AmendsAPI(
    title="Amends", version="1", description=_DESCRIPTION, openapi_url=None, docs_url=None, urls_namespace="api-v1",
    openapi_extra={"info": {"x-amends-version": __version__}},
)  # fmt: skip
problems.register(api)
for _router in (
    me.router, clients.router, mail.router, signals.router, promises.router, check.router, engagements.router,
    work.router, imports.router, recoveries.router, points.router, talking.router, giving.router,
    gates.router, clearance.router, limits.router, partings.router, goodwill.router, drills.router, capital.router,
    policies.router,
):  # fmt: skip
    api.add_router("", _router)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The schema, for everybody."""
    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """No such address, said as every error is said."""
    return problems.nothing_here()


class _Anything(PathConverter):
    """Any address, one with a line break in it too."""

    regex = r"[\s\S]+"


register_converter(_Anything, "anything")


def _operations() -> list[URLPattern]:
    """Each operation behind the door; `NinjaAPI.urls` would put their names in a namespace."""
    unkept = {f"api-{name.replace('_', '-')}" for name in _KEEPS_NOTHING}
    return [
        URLPattern(pattern.pattern, door(pattern.callback, keeps=pattern.name not in unkept), name=pattern.name)
        for router in api._get_bound_routers()  # noqa: SLF001
        for pattern in router.urls_paths(router.prefix)
    ]


urlpatterns = [
    path("openapi.json", open_door(schema), name="api-schema"),
    *_operations(),
    path("<anything:rest>", open_door(nothing), name="api-nothing"),
]
