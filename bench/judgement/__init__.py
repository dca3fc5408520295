"""How well messages are judged: every figure beside named peers, on the same rows, in the same run."""
