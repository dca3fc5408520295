"""Live mailboxes: adding and mending them, looking through what is new on the server, and how long to wait between."""
