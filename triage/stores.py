"""Settings become the store, for commands that need nothing else of the daemon."""

from triage.settings import Settings
from triage.store.sqlite import SqliteStore, open_store


def open_case_store(settings: Settings) -> SqliteStore:
    """The store of these settings."""
    return open_store(settings.paths.store, settings.identity.case_prefix)
