"""What a visitor types, and the records it means: the index and how it is asked."""
