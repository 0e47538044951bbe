"""A daemon for a marketplace's support mailbox."""

__version__ = "0.1.0"
