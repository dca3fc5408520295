"""The shipped policy as a page of the reference, line by line; `docs/make_policy_reference.py` writes it."""

from __future__ import annotations

from amends.capital.policy import SHIPPED, read, shipped
from amends.insights.capital.kinds import kind_name


def markdown() -> str:
    """The whole page."""
    policy = read(shipped())
    speakers, half = policy.speakers, policy.half_life_days
    decider, others = speakers["decider"], speakers["contact"]
    rows = [
        f"| {kind_name(line.kind)} | `{line.kind}` | {_points(line.amount)} | {line.reason} | {_cell(line.source)} |"
        for line in policy.lines.values()
    ]
    return "\n".join([
        "# The capital policy, as it comes",
        "",
        "<!-- written by docs/make_policy_reference.py from src/amends/capital/policies: change it there -->",
        "",
        f"This is policy {SHIPPED}, which holds until a firm adopts its own:",
        "[how](../how-to/capital-policy.md). Points are no money and no grade of anybody. More is better.",
        "",
        "- **An amount** is *line × how clearly it was said × who said it*, rounded to a hundredth of a point. It",
        "  depends on what happened alone, never on the balance.",
        f"- **How clearly** is 0 to 1, and counts at least {policy.least_strength}.",
        f"- **Who**: who decides counts {decider:g} times, others {others:g} times;",
        f"  they decide whose title holds one of: {', '.join(policy.titles)}.",
        f"- **Fading**: after {half} days half of a posting is left, after {2 * half} a quarter.",
        f"- **Shown** are balances from {policy.lowest} to {policy.highest}; the account itself knows no bounds.",
        "",
        "What the amounts are to each other rests on the sources named (*seed*: the essay that Amends is made after);",
        "their size is a convention.",
        "",
        "| What happened | Kind | Points | Why | Source |",
        "|---|---|---:|---|---|",
        *rows,
        "",
    ])  # fmt: skip


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:+g}".replace("-", "−")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
