"""Mail on its way out, and what servers do to it."""
