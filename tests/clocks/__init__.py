"""Tests of the clocks room, through its public door."""
