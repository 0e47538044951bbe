"""Access tokens from a provider."""
