"""What a folder is for: by the server's word (SPECIAL-USE, RFC 6154), else by the names that people's programs give."""

from __future__ import annotations

from collections.abc import Collection

_FLAGS = {
    "\\inbox": "inbox", "\\sent": "sent", "\\archive": "archive", "\\all": "all", "\\allmail": "all",
    "\\drafts": "drafts", "\\junk": "junk", "\\spam": "junk", "\\trash": "trash", "\\flagged": "marked",
    "\\important": "marked", "\\starred": "marked",
}  # fmt: skip
_CANNOT = {"\\noselect", "\\nonexistent"}
_NAMES = {
    "sent": (
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "gesendet", "gesendete elemente",
        "gesendete objekte", "gesendete nachrichten", "envoyés", "éléments envoyés", "messages envoyés", "enviados",
        "elementos enviados", "mensajes enviados", "itens enviados", "inviata", "posta inviata", "inviati",
        "verzonden", "verzonden items", "verzonden berichten", "skickat", "skickade objekt", "sendt",
        "sendte elementer", "lähetetyt", "wysłane", "elementy wysłane", "odeslaná pošta", "odeslané",
        "elküldött elemek", "отправленные", "送信済み", "送信済みアイテム", "已发送", "已发送邮件",
    ),
    "archive": ("archive", "archives", "archiv", "archivio", "archivo", "arquivo", "archief"),
    "drafts": (
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "rascunhos", "bozze", "concepten", "utkast",
        "kladder", "luonnokset", "wersje robocze", "koncepty", "piszkozatok", "черновики", "下書き", "草稿",
    ),
    "junk": (
        "junk", "junk e-mail", "junk email", "junk mail", "spam", "bulk mail", "bulk", "junk-e-mail", "spamverdacht",
        "courrier indésirable", "indésirables", "pourriel", "correo no deseado", "lixo eletrônico",
        "posta indesiderata", "ongewenste e-mail", "skräppost", "søppelpost", "roskaposti",
        "wiadomości-śmieci", "nevyžádaná pošta", "спам",
    ),
    "trash": (
        "trash", "deleted items", "deleted messages", "deleted", "bin", "papierkorb", "gelöschte elemente",
        "gelöschte objekte", "corbeille", "éléments supprimés", "papelera", "elementos eliminados", "lixeira",
        "cestino", "posta eliminata", "prullenbak", "verwijderde items", "papperskorg", "slettede elementer",
        "roskakori", "kosz",
        "koš", "lomtár", "корзина", "ゴミ箱", "已删除邮件",
    ),
}  # fmt: skip
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names}
WANTED = frozenset({"inbox", "sent", "archive"})  # looked through where nobody says otherwise


def role_of(name: str, flags: Collection[bytes]) -> str | None:
    """The role of a folder, "" for any other, None where it cannot be opened at all."""
    said = {flag.decode("ascii", "replace").lower() for flag in flags}
    if said & _CANNOT:
        return None
    if name.upper() == "INBOX":
        return "inbox"
    for flag in sorted(said & set(_FLAGS)):
        return _FLAGS[flag]
    return ""


def guessed_role(name: str, delimiter: str) -> str:
    """What a folder's name says, for servers that say nothing; only of folders at the top or right below the Inbox."""
    parts = name.split(delimiter) if delimiter else [name]
    if parts[0].upper() in {"INBOX", "[GMAIL]", "[GOOGLE MAIL]"}:
        parts = parts[1:]
    return _BY_NAME.get(parts[0].casefold().strip(), "") if len(parts) == 1 else ""
