"""The graph engine: patterns, vocabularies, shapes, store and SPARQL. Knows no museum model."""
