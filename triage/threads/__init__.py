"""Which case a message continues."""
