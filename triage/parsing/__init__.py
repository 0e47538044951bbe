"""Bytes become a Message."""
