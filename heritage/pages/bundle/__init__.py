"""An exhibit as one signed ZIP that any static server or browser shows without network."""
