"""What the trained model is, can do and cannot."""
