"""Long processes: the job runner, later mailbox pollers."""
