"""A QR code as one SVG path. Pure geometry; the code itself is the library qrcode's."""

from __future__ import annotations

from dataclasses import dataclass

QUIET = 4  # modules of white around, as the standard asks


@dataclass(frozen=True, slots=True)
class Qr:
    """The side of the square, in modules, and the path of the dark ones."""

    side: int
    path: str


def qr(text: str) -> Qr:
    """The code of `text`."""
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    made = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    made.add_data(text)
    made.make(fit=True)
    rows = made.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Qr(len(rows), path)
