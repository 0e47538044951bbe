"""Ways to tell an operator that need neither the store nor the submission server."""
