"""The ledger as pages: statements, the portfolio, the policy."""
