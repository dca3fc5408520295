"""The ledger of relationship capital: append-only postings under a versioned policy; balances are folds over them."""
