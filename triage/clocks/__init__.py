"""Deadlines and how they are told."""
