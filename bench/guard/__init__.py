"""How well the guard finds what an outgoing draft should not say, and how quickly."""
