"""Pages of custody in the admin."""
