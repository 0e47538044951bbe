"""Which category and issue a message has, how sure that is, and why."""
