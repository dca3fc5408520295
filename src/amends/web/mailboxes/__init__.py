"""Live mailboxes: which there are, how it stands with them, adding and mending them."""
