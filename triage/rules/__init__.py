"""Read-only checks: may this message be answered, and why not."""
