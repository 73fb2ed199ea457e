"""Back up a running museum as of one moment, and give it back.

A generation is a folder that needs nothing else: the database, the archive's objects,
the key, the settings, and a manifest that `sha512sum --check` understands. Files that
have not changed are one with those of the generation before, by hard links.
"""
