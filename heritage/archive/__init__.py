"""The bytes: deposits, stored files and their digests."""
