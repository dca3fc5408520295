"""HTML of one message for display: the part itself, its images by Content-ID, and making it harmless.

The result goes into a sandboxed frame; sanitising is the second wall. Nothing is fetched unless a person asks.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import nh3

from amends.mail.parsing import tree
from amends.mail.parsing.body import tidy
from amends.mail.parsing.charsets import decode
from amends.mail.parsing.headers import words

MAX_HTML = 4_000_000  # bytes of the HTML part that are shown
BLOCKED = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # one transparent pixel

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_EVERYWHERE = {"title", "lang", "dir", "align", "valign", "width", "height", "bgcolor", "color", "style", "class"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "name"},
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "font": {"face", "size"},
    "ol": {"start", "type"},
    "li": {"value"},
    "blockquote": {"cite", "type"},
    "col": {"span"},
    "time": {"datetime"},
}
# No position, no z-index, no url(): what is left cannot leave its box nor load anything.
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction",
    "display", "font",
    "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding",
    "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "width", "word-break", "word-wrap",
}  # fmt: skip
_CLEAN_CONTENT = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "svg",
    "math",
    "iframe",
    "object",
    "textarea",
    "select",
}
_LINK = re.compile(r"\s*(?:https?|mailto|tel):", re.I)  # no data:, nothing relative: that would be a page of ours
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.I)
_INLINE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*\Z", re.I)
_STYLE_LOADS = re.compile(r"url\s*\(|expression\s*\(|image-set\s*\(|@import|\\", re.I)


def html_body(raw: tree.Buffer) -> str | None:
    """The HTML part of a message as text, or None when it has none. Never raises."""
    try:
        for _, part in tree.leaves(tree.read(raw)):
            if part.content_type in ("text/html", "application/xhtml+xml") and part.disposition != "attachment":
                return tidy(decode(part.decoded(MAX_HTML).data, part.params.get("charset"), html=True)[0])
    except Exception:
        return None
    return None


def cid_map(raw: tree.Buffer) -> dict[str, int]:
    """Which attachment (by `Attachment.index`) each Content-ID names, for images inside the HTML (RFC 2392)."""
    try:
        found = ((part.value("content-id").strip("<> "), index) for index, part in tree.leaves(tree.read(raw)))
        return {content_id: index for content_id, index in found if content_id}
    except Exception:
        return {}


def attachment(raw: tree.Buffer, index: int) -> tuple[str, str, bytes]:
    """Name, content type and decoded bytes of the leaf with that `Attachment.index`. Raises IndexError when absent."""
    for number, part in tree.leaves(tree.read(raw)):
        if number == index:
            data = part.raw() if part.children else part.decoded().data
            name = tidy(part.name).strip()
            if not name and part.children:
                name = (words(part.children[0].value("subject")).strip()[:80] or "message") + ".eml"
            return name, part.content_type, data
    raise IndexError(f"the message has no part {index}")


def sanitise(html: str, *, remote_images: bool, images: dict[str, str] | None = None) -> str:
    """`html` without scripts, forms, frames, or styles that could load or overlay anything.

    Remote images become one transparent pixel, their address in the title, unless `remote_images`. `images` maps
    Content-IDs to addresses of our own for `cid:` images; those not in it are blanked. Links open a new page, with
    rel="noopener noreferrer nofollow".
    """
    known = images or {}

    def filtered(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return None if _STYLE_LOADS.search(value) else value
        if tag == "img" and name == "src":
            return _source(value, known, remote_images=remote_images)
        if name == "cite" or (name == "href" and not _LINK.match(value)):
            return None
        return value

    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_CLEAN_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=filtered,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _source(value: str, images: dict[str, str], *, remote_images: bool) -> str:
    address = value.strip()
    if address.lower().startswith("cid:"):
        content_id = unquote(address[4:]).strip("<> ")
        return images.get(content_id, BLOCKED)
    if address.lower().startswith("data:"):
        return address if _INLINE.match(address) else BLOCKED
    return address if remote_images and _REMOTE.match(address) else BLOCKED
