"""Public pages: check who asks, fetch what they may see, render."""
