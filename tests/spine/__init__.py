"""The stages on real servers."""
