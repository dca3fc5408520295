"""format=flowed text (RFC 3676) to paragraphs, quoting depth kept."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool = False) -> str:
    """Join flowed lines: one that ends in a blank goes on in the next line of the same quoting depth.

    With `delsp` the blank itself is taken away (section 4.2). The signature mark "-- " never flows. A line that is
    space-stuffed loses that space. Quoted paragraphs come out as one line after "> " marks.
    """
    out: list[list[str]] = []
    open_depth = -1  # the depth of the paragraph that still flows, -1 when none does
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        flows = body.endswith(" ") and body != "-- "
        piece = body[:-1] if flows and delsp else body
        if open_depth == depth and body != "-- ":
            out[-1].append(piece)
        else:
            out.append([f"{'>' * depth} {piece}" if depth else piece])
        open_depth = depth if flows else -1
    joined = ("".join(pieces) for pieces in out)
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in joined)
