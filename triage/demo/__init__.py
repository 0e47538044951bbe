"""Embedded mail servers and sample customers."""
