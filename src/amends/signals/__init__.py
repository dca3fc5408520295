"""What was noticed, and what people made of it."""
