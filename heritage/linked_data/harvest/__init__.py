"""OAI-PMH 2.0: what is public, to be harvested as Dublin Core or LIDO."""
