"""What the graph answers over HTTP."""
