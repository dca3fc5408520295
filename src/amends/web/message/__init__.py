"""What belongs to one message: its original look, its attachments, its bytes."""
