"""Everybody outside the firm."""
