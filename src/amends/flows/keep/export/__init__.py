"""Everything out, in open formats: mail as mbox, people as vCard, the rest as CSV and JSON Lines."""
