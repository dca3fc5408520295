"""Bytes to text when the declared charset is missing, unknown or a lie.

The order of trust: what the bytes prove (a byte order mark, valid multi-byte UTF-8, ISO-2022 escapes), what was
declared, and last a statistical guess by charset-normalizer. Labels are read the way browsers read them (WHATWG
Encoding Standard): "iso-8859-1" means windows-1252, "gb2312" means GB 18030, because that is what senders mean.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "csgb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "euc-cn": "gb18030",
    "x-euc-cn": "gb18030",
    "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "korean": "cp949",
    "x-windows-949": "cp949",
    "windows-949": "cp949",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "windows-932": "cp932",
    "x-euc-jp": "euc_jp",
    "eucjp": "euc_jp",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859_1": "cp1252",
    "8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "x-ansi": "cp1252",
    "ansi": "cp1252",
    "windows-1252": "cp1252",
    "win-1252": "cp1252",
    "cp-1252": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "visual": "iso-8859-8",
    "logical": "iso-8859-8",
    "win-1251": "cp1251",
    "x-cp1251": "cp1251",
    "win1251": "cp1251",
    "koi8": "koi8-r",
    "koi": "koi8-r",
    "koi8r": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi8_ru": "koi8-u",
    "x-koi8-u": "koi8-u",
    "tis-620": "cp874",
    "tis620": "cp874",
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-8": "utf-8",
    "x-unicode-2-0-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8n": "utf-8",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ce": "mac-latin2",
    "x-mac-turkish": "mac-turkish",
    "x-mac-greek": "mac-greek",
    "dos-862": "cp862",
    "dos-720": "cp720",
    "ibm-850": "cp850",
    "x-cp850": "cp850",
}
# Labels that say nothing: the bytes have to tell.
UNSAID = frozenset(
    [
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "iso-ir-6",
        "646",
        "7bit",
        "8bit",
        "binary",
        "unknown",
        "unknown-8bit",
        "x-unknown",
        "unknown8bit",
        "default",
        "x-user-defined",
        "none",
        "text",
        "plain",
        "utf",
        "utf-8bit",
        "charset",
        "null",
        "undefined",
    ]
)
# ISO code pages whose 0x80-0x9F is empty, and the Windows page that senders mean when those bytes appear.
WINDOWS_TWIN = {
    "iso8859-2": "cp1250",
    "iso8859-4": "cp1257",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "iso8859-13": "cp1257",
    "iso8859-15": "cp1252",
}
_STATEFUL = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})""", re.I)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
GUESSES = ["cp1252", "cp1251", "koi8_r", "cp1250", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1253",
           "cp1254", "cp1255", "cp1256", "cp874"]  # fmt: skip
GUESS_BYTES = 2048  # enough for the statistics, and bounds the time a guess may take


@lru_cache(maxsize=512)
def codec(label: str) -> str:
    """The Python codec name for a charset label as found in mail, or "" when the label says nothing usable."""
    name = label.strip().strip("\"'<>()[]").partition("*")[0].strip().lower().replace(" ", "-")
    if not name or name in UNSAID:
        return ""
    name = ALIASES.get(name, name)
    if name.startswith(("cp-", "windows-")):
        name = "cp" + name.rpartition("-")[2]
    if name.startswith("charset="):
        return codec(name[8:])
    try:
        info = codecs.lookup(name)
        text = getattr(info, "_is_text_encoding", True)
    except (LookupError, ValueError):
        return ""
    return info.name if text else ""


def decode(data: bytes, charset: str | None = None, *, html: bool = False) -> tuple[str, str]:
    """Text of `data`, and a sentence about what was wrong with its charset ("" when nothing was).

    `charset` is the declared label; with `html`, a charset in the markup itself counts where none was declared.
    Never raises. Time is linear: the statistical guess looks at `GUESS_BYTES` bytes only.
    """
    name = codec(charset) if charset else ""
    if data.isascii() and not name.startswith(_STATEFUL) and b"\0" not in data and b"\x1b" not in data:
        return data.decode("ascii"), ""
    for bom, by_mark in _BOMS:
        if data.startswith(bom):
            return data.decode(by_mark, "replace"), ""
    if not name and html:
        found = _XML.search(data, 0, 200) or _META.search(data, 0, 4096)
        name = codec(found[1].decode("ascii")) if found else ""
    if not name.startswith(_STATEFUL) and b"\x1b" in data:
        text = _escaped(data)
        if text is not None:
            return text, ""
    if name:
        return _declared(data, name, charset or name)
    return _undeclared(data, charset or "")


def _escaped(data: bytes) -> str | None:
    """ISO-2022 text tells itself by its escapes (RFC 1468, RFC 1557)."""
    for mark, name in ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_ext"), (b"\x1b(J", "iso2022_jp_ext")):
        if mark in data:
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
    return None


def _declared(data: bytes, name: str, label: str) -> tuple[str, str]:
    single = name.startswith(("cp12", "iso8859", "koi8", "mac", "cp4", "cp8", "cp7"))
    if single:
        utf8 = _utf8(data)
        if utf8 is not None:
            return utf8, f"The text is declared as {_shown(label)} but is UTF-8; it was read as UTF-8."
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, ValueError):
        return _broken(data, name, label)
    twin = WINDOWS_TWIN.get(name)
    if twin and _C1.search(text):
        return data.decode(twin, "replace"), f"The text is declared as {_shown(label)} but is {twin}."
    return text, ""


def _broken(data: bytes, name: str, label: str) -> tuple[str, str]:
    """The declared charset does not fit every byte: a damaged character, or another charset altogether."""
    if name.startswith("iso2022_jp"):
        for wider in ("iso2022_jp_ext", "iso2022_jp_2"):
            try:
                return data.decode(wider), ""
            except UnicodeDecodeError:
                continue
    if name == "cp1252":  # five bytes are undefined in it; the text around them is right
        return data.decode(name, "replace"), f"Some characters are not {_shown(label)}."
    if name != "utf-8":
        utf8 = _utf8(data)
        if utf8 is not None:
            return utf8, f"The text is declared as {_shown(label)} but is UTF-8; it was read as UTF-8."
    text = data.decode(name, "replace")
    bad = text.count("\ufffd")
    high = sum(map(len, re.findall(rb"[\x80-\xff]+", data[: GUESS_BYTES * 16])))
    if bad <= 2 or bad * 10 <= high or not high:
        return text, f"Some characters are not {_shown(label)}."
    guessed, _ = _undeclared(data, "")
    return guessed, f"The text is declared as {_shown(label)} but is not; its charset was guessed."


def _undeclared(data: bytes, label: str) -> tuple[str, str]:
    utf8 = _utf8(data)
    if utf8 is not None:
        return utf8, ""
    if b"\0" in data[:400]:
        wide = _wide(data)
        if wide is not None:
            return wide, "The text does not say its charset; it was read as UTF-16."
    if (text := data.decode("utf-8", "replace")).count("\ufffd") <= 2 < sum(c > "\x7f" for c in text[:4000]) // 4:
        return text, "Some characters are not UTF-8."
    name = guess(data)
    said = f"declares the unknown charset {_shown(label)}" if label else "does not say its charset"
    return data.decode(name, "replace"), f"The text {said}; it was read as {name}."


def guess(data: bytes) -> str:
    """The likeliest legacy codec of bytes that are not UTF-8: few high bytes are Western, many go to statistics."""
    sample = data[:GUESS_BYTES]
    high = re.findall(rb"[\x80-\xff]+", data[: GUESS_BYTES * 16])
    longest = max(map(len, high), default=0)
    if not high or (longest <= 2 and sum(map(len, high)) * 8 < len(sample) * 2):
        return "cp1252"
    if not re.search(rb"[\x80-\xff]", sample):
        sample = b" ".join(high)[:GUESS_BYTES]
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    try:
        best = from_bytes(sample, cp_isolation=GUESSES, steps=3, chunk_size=256).best()
    except Exception:  # a guess must never cost the message
        best = None
    return best.encoding if best else "cp1252"


def _utf8(data: bytes) -> str | None:
    """Text when `data` is UTF-8; a character cut off at the very end is forgiven."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.start > 8 and not data[: error.start].isascii():
            return data[: error.start].decode("utf-8") + "\ufffd"
        return None


def _wide(data: bytes) -> str | None:
    head = data[:400]
    zeros_even, zeros_odd = head[::2].count(0), head[1::2].count(0)
    if max(zeros_even, zeros_odd) * 4 < len(head) or min(zeros_even, zeros_odd) * 8 > len(head):
        return None
    return data.decode("utf-16-be" if zeros_even > zeros_odd else "utf-16-le", "replace")


def _shown(label: str) -> str:
    return "".join(c for c in label.strip()[:40] if c.isprintable())
