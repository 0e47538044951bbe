"""What the order system knows of a case, who may be told of it, and what to do about it; the adapters are in `books`."""
