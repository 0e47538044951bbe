"""What every mailbox does, and what servers and networks do to it."""
