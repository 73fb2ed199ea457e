"""Captures, reconstruction runs and derivatives: the museum's use of scans."""
