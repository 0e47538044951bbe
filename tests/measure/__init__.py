"""Measurements on real mail, printed by `python -m tests.measure.NAME` and asserted where the mail is at hand."""
