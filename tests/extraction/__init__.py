"""Tests of the extraction room, through its public door."""
