"""Reader processes and the server they come from."""
