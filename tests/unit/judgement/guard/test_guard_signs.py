"""Signs that nobody sees hide nothing, one rule speaks once, and a head of any length is no body."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.guard import Draft, Finding, check
from amends.judgement.guard.examples import CAST, JO, MARTA
from amends.mail.drafted import draft_of

BLAME = "You should have told us about the change."


def found(text: str) -> tuple[Finding, ...]:
    result = check(Draft(text, sender=JO, to=(MARTA,)), CAST)
    assert result.failed == {}
    for each in result.findings:
        assert each.start is None or each.quote == text[each.start : each.end]
    return result.findings


@pytest.mark.parametrize(
    "text",
    [
        "You sho\u200buld have to\u00adld us about the change.",
        "You \u202eshould\u202c have told us about the change.",
        "You\u2066 should\u2069 have told us about the change.",
        "\u202e" + BLAME[::-1] + "\u202c",
        "\u202e" + BLAME,
    ],
)
def test_signs_that_nobody_sees_hide_no_blame(text: str) -> None:
    after = "\nThe plan is ready."
    [finding] = found(text + after)
    assert finding.family == "blame"
    assert finding.quote is not None
    assert len(finding.quote) >= len(BLAME)


@given(
    st.lists(
        st.sampled_from(["You should have told us. ", "\u202e", "\u202c", "\u200f", "[Name]", "\n", ".su", "\ufeff"])
    )
)
@settings(max_examples=60, deadline=None)
def test_places_are_those_of_the_text_as_it_was_written(pieces: list[str]) -> None:
    found("".join(pieces))


def test_one_rule_speaks_once_and_says_how_often() -> None:
    gaps = "Hi [Name], the fee is XXX, the date XX.XX. and the place [PLACE]; [client] pays {{amount}} for it.\n"
    findings = found(gaps + BLAME)
    assert [each.family for each in findings] == ["placeholder", "blame"]
    assert findings[0].why.endswith("Here: [Name]. 6 places.")


def test_twenty_thousand_recipients_are_no_body() -> None:
    to = ",\r\n ".join(f"p{number}@client{number}.example" for number in range(20_000))
    draft = draft_of(f"To: {to}\r\nFrom: jo@firm.example\r\nSubject: Plan\r\n\r\nThe plan is ready.\r\n".encode())
    assert (draft.new_text, draft.subject) == ("The plan is ready.", "Plan")
    assert draft.sender is not None
    assert draft.sender.email == "jo@firm.example"
