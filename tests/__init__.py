"""The tests of triage: what it promises, shown through its public doors."""
