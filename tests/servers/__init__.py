"""Real mail servers and a fault proxy for the tests: each starts on free loopback ports and ends with its block."""
