"""The graph kept in step with the records."""
