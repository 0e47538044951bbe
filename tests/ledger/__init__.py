"""The customer-service log: entries, actions, and how they are printed."""
