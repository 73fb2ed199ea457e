"""The curator's pages of a capture, within the admin."""
