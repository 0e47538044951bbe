"""Tests of parsing: bytes become a Message."""
