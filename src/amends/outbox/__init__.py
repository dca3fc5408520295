"""What the firm sends: drafts, the accounts they leave through, and what became of each."""
