"""The museum: a Django project over the engines `scans` and `knowledge_graph`."""
