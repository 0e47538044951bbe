"""The contract of the store, for every adapter, and what SQLite adds to it."""
