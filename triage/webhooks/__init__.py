"""What others tell us by themselves over HTTP."""
