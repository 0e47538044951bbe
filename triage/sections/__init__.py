"""The tables of the configuration file, by what they are about."""
