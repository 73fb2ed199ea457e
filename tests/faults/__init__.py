"""What must not lose a byte: kills, flipped bits, a full disk."""
