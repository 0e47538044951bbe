"""A Message becomes Facts; card numbers are masked."""
