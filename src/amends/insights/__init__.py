"""Read-only answers over everything below: today, later portfolio and reports."""
