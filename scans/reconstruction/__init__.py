"""From scans to a master: match, place, refine, make the surface, set it upright."""
