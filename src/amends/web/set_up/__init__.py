"""The set-up page: a new firm, its mail, its people, and Today filling up."""
