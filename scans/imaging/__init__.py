"""Pictures of a master by ray casting: no window, no graphics card."""
