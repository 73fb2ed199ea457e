"""The stages of a run, each a small object that reads earlier output and writes its own."""
