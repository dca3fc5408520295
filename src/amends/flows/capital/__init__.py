"""What happened between the firm and its clients, posted to the ledger: from every part, each event once."""
