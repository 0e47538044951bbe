"""Access by OAuth 2.0."""
