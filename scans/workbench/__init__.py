"""What a person needs in order to place scans by hand: thin clouds, proposals, a snap."""
