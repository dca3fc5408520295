"""Reads of what is given beyond the contract and what came back: of one client, and of the whole firm."""
