"""Payment providers that tell us something by themselves."""
