"""The customer-service log as a pure projection: case and history in, entries and actions out, and how they are printed."""
