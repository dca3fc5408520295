"""Files of clients and people: HubSpot's exports, vCards, and tables of any other tool. Pure.

What a column means is guessed from its header and its cells, and shown; where two readings are left, nothing is read
(`Unmapped`).
"""

from amends.clients.addressbooks.entries import (
    Book,
    BookError,
    Company,
    Deal,
    Entry,
    Person,
    SetAside,
    Unmapped,
    is_won,
)
from amends.clients.addressbooks.mapping import FIELDS, Column, Guess
from amends.clients.addressbooks.reader import columns_of, read_book, read_book_file

__all__ = [
    "FIELDS",
    "Book",
    "BookError",
    "Column",
    "Company",
    "Deal",
    "Entry",
    "Guess",
    "Person",
    "SetAside",
    "Unmapped",
    "columns_of",
    "is_won",
    "read_book",
    "read_book_file",
]
