"""The schema, one numbered step a file; a step that has landed never changes."""
