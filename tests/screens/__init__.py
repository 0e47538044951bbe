"""Looks at a mailbox as people see it."""
