"""What is done in custody: each checks whose duty it is, changes, and keeps the proof."""
