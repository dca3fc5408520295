"""What the ledger says: statements of accounts, what their lines rest on, and the portfolio of all clients."""
