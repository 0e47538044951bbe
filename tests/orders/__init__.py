"""Tests of what the order system knows, and of who may be told."""
