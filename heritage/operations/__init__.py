"""Running the museum: its processes, their health, the demo."""
