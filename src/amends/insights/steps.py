"""How much each kind of reason needs us, and what to do next. Pure."""

from __future__ import annotations

from datetime import timedelta

# Need by kind, 0 to 100: what is lost by another day of not looking. Never money: we care because of the
# relationship. The order follows the seeds: own it first, then what was promised, then the quiet ones, then thanks.
_NEED = {
    "internal_leak": 100,
    "leaving": 98,
    "anger": 92,
    "complaint": 86,
    "returning_issue": 86,
    "derailing": 82,
    "promise_broken": 78,
    "disappointment": 74,
    "frustration": 72,
    "renewal_at_risk": 66,
    "unanswered": 60,
    "silence": 52,
    "promise_due": 48,
    "waiting_on_client": 42,
    "scope_request": 36,
    "referral": 18,
    "praise": 14,
}
_ANSWERED = 0.6  # a complaint that was answered still needs an owner, but not first

_STEPS = {
    "leaving": "Own it, and call them today.",
    "internal_leak": "Own it, and call them before they call you.",
    "anger": "Own it, say what you heard, and call.",
    "complaint": "Own it, and answer point by point.",
    "returning_issue": "Own it, and look at what was promised last time.",
    "derailing": "Own it, and take the thread to a call.",
    "promise_broken": "Own it, and give a new date that will hold.",
    "disappointment": "Own it, and ask what would put it right.",
    "frustration": "Own it, and say what happens next and when.",
    "renewal_at_risk": "Prepare a call about how it has been.",
    "unanswered": "Answer, or say when you will.",
    "silence": "Call and ask how they are.",
    "promise_due": "Keep it, or move the date before it breaks.",
    "waiting_on_client": "Remind them kindly, with what it holds up.",
    "scope_request": "Answer: within the agreement, extra, or someone better suited.",
    "referral": "Thank them, and follow it up.",
    "praise": "Thank them by name.",
}


def need(kind: str, *, confidence: float, answered: bool, age: timedelta) -> float:
    """How much a reason needs us, about 0 to 110: kind, confidence, and up to ten more as it waits for two weeks."""
    waiting = min(1.0, max(0.0, age.total_seconds()) / (14 * 86_400))
    base = _NEED.get(kind, 30) * (0.4 + 0.6 * confidence)
    return base * (_ANSWERED if answered else 1.0) + (0 if kind in {"praise", "referral"} else 10 * waiting)


def next_step(kind: str, *, answered: bool, owner: str | None, unread: bool = False) -> str:
    """One sentence: what to do now. `unread`: whoever asks may not read what it rests on."""
    if owner:
        return f"{owner} has it in hand."
    if unread:
        return "Own it, or see that somebody does who may read it."
    if answered and kind in {"complaint", "anger", "frustration", "disappointment"}:
        return "It was answered: own it, and ask whether it is right now."
    return _STEPS.get(kind, "Have a look.")
