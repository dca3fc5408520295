"""Archives of mail, told apart by content: mbox, Maildir, single messages, folders and zips of any of them.

`open_source(path)` walks one path and yields an `Item` for each message, in a fixed order, without reading the
messages themselves; `Item.blocks()` and `Item.read()` do. Pure: no Django, so worker processes use it.
"""

from amends.mail.sources.items import Item, NotMail, Skipped
from amends.mail.sources.walk import open_source, total_bytes

__all__ = ["Item", "NotMail", "Skipped", "open_source", "total_bytes"]
