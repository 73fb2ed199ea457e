"""The demo museum: invented records, virtual scans, the real pipeline."""
