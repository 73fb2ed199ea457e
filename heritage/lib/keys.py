"""Opaque public keys: never reused, safe to read aloud and to type."""

import secrets

# Crockford's base 32: no I, L, O or U, so nothing is misread.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10


def new_key() -> str:
    """Make a key of 50 random bits."""
    bits = secrets.randbits(5 * LENGTH)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))


def is_key(text: str) -> bool:
    """Tell whether this may be a key of ours, and so is fit for a file's name."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
