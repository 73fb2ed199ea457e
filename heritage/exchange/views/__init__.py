"""The pages of the exchange: hand in, map, look, load, settle, hand out."""
