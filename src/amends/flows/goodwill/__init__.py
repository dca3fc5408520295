"""Gestures, results and guarantees: what is given beyond the contract, and what comes back."""
