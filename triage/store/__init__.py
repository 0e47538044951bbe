"""SQLite behind the Store port."""
