"""Ways to tell an operator."""
