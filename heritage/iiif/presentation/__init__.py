"""IIIF Presentation: what we show of a record, for the viewers of any museum."""
