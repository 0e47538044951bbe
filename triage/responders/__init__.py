"""A case and a decision become replies; responders write, they never send."""
