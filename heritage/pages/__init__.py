"""Public pages and viewer."""
