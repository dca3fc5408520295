"""Where the ledger's events come from: one module a part. Each reads rows and tells them as events."""
