"""The reference of the API as a page of Markdown, made from its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HEAD = """\
# REST API, version 1

Made from the schema by `python docs/make_api_reference.py`; a running Amends serves the schema itself (OpenAPI 3.1) at
`/api/v1/openapi.json`.
"""
_AFTER = """\
## Problems

Errors are `application/problem+json`: `type` is for programs, `detail` for people, `errors` says what of the request is
wrong.

| status | `type`, after `urn:amends:problem:` | what it means |
|---|---|---|
| 400 | `malformed` | the request cannot be read |
| 401 | `unauthorised` | no token, or none that works: revoked, over, or its member has left |
| 403 | `scope-missing` | the token was not given what this needs |
| 403 | `forbidden` | the role or the authority of the token's member does not allow it |
| 404 | `not-found` | it is not there, or not yours to see: the two are not told apart |
| 405 | `method-not-allowed` | see `Allow` |
| 409 | `changed-meanwhile`, `already-open` | somebody was quicker: read it again, or use the one that is named |
| 412 | `changed-meanwhile` | somebody changed it since it was read: read it again |
| 413 | `too-large` | over 2.5 MB |
| 422 | `invalid`, `invalid-cursor`, `refused`, `idempotency-key-reused` | what was sent does not fit; see `detail` |
| 429 | `too-many-requests` | wait as long as `Retry-After` says |

## Bounds

- A token may ask 600 times a minute (`AMENDS_API_PER_MINUTE`), and an address may show 30 tokens a minute that do not
  work. Each web process counts by itself: with three of them the bounds are three times as high.
- A page holds 100 things at most, a conversation 500 messages.
- `last used` of a token is known to the minute. A member has 50 tokens at most that work.
- There is no CORS: pages of other sites cannot use the API, and cookies do not count.
"""


def markdown(schema: dict[str, Any]) -> str:
    """The whole page."""
    return "\n".join(_lines(schema)) + "\n"


def _lines(schema: dict[str, Any]) -> Iterator[str]:
    yield _HEAD
    yield schema["info"]["description"]
    by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    for tag, operations in by_tag.items():
        yield f"## {tag}\n"
        for method, path, operation in operations:
            yield from _operation(method, path, operation)
    yield _AFTER
    yield "## What goes out and comes in\n"
    for name, one in sorted(schema["components"]["schemas"].items()):
        if name.startswith("Paged_"):
            continue  # told where it is used
        if one.get("type") == "object":
            yield from _schema(name, one)
        elif "enum" in one:
            yield f"### {name}\n\n{', '.join(f'`{value}`' for value in one['enum'])}\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}\n"
    scopes = ", ".join(f"`{scope}`" for scope in operation["security"][0]["Bearer"]) or "none"
    yield f"{operation['description']} Scope: {scopes}.\n"
    rows = [one for one in operation.get("parameters", []) if one["in"] != "path"]
    if rows:
        yield "| parameter | what | |\n|---|---|---|"
        for one in rows:
            where = "header, " if one["in"] == "header" else ""
            yield f"| `{one['name']}` | {where}{_type(one['schema'])} | {_note(one, one['required'])} |"
        yield ""
    if "requestBody" in operation:
        yield f"Takes {_type(operation['requestBody']['content']['application/json']['schema'])}.\n"
    for status, answer in operation["responses"].items():
        if int(status) < 300:
            kinds = answer["content"].items()
            shape = " or ".join(
                _type(content["schema"]) if kind == "application/json" else f"`{kind}`" for kind, content in kinds
            )
            others = ", ".join(other for other in operation["responses"] if int(other) >= 400)
            yield f"{status}: {shape}. Problems: {others}.\n"


def _schema(name: str, one: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    if one.get("description"):
        yield f"{one['description']}\n"
    yield "| field | what | |\n|---|---|---|"
    required = set(one.get("required", ()))
    for field, details in one.get("properties", {}).items():
        yield f"| `{field}` | {_type(details)} | {_note(details, field in required)} |"
    yield ""


def _note(one: dict[str, Any], required: bool) -> str:
    said = str(one.get("description", "")).replace("|", "/").replace("\n", " ")
    default = one.get("schema", one).get("default")
    left_out = f"Left out: {str(default).lower()}." if default not in (None, "", []) and not required else ""
    need = "" if required or left_out else "May be left out." if "in" in one else ""
    return " ".join(part for part in (said and f"{said.rstrip('.')}.", need, left_out) if part)


def _type(schema: dict[str, Any]) -> str:
    """A schema in few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        inside = name.removeprefix("Paged_").rstrip("_")
        return f"page of `{inside}`: `items`, and `next` or null" if name != inside else f"`{name}`"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    words = {"uuid": "UUID", "date-time": "time", "date": "day"}
    return words.get(schema.get("format", ""), {"null": "null", "integer": "whole number"}.get(kind, str(kind)))
