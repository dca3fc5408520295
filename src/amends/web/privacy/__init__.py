"""Who may read what: sharing, and the visibility of mailboxes."""
