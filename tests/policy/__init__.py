"""Tests of the policy room, through its public door."""
