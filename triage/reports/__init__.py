"""Reports: what the figures of a period come to, why they are so, and how they are told and drawn."""
