"""The spine: each stage is a function of one unit of work between two tables."""
