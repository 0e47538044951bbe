"""Tests of the threads room, through its public door."""
