"""Long proofs, seeded; `make proof` runs them, a small sample of each is among the tests."""
