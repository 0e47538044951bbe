"""Tests of the responders room, through its public door."""
