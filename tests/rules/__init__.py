"""Tests of the rules room, through its public door."""
