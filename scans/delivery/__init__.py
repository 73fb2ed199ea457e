"""From a measured master to the files that a headset and a browser load."""
