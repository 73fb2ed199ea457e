"""The same done to many relics at once: what can be done, what would come of it, and it."""
