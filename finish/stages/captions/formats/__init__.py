"""Caption files of every format: read as cues, and written as sidecars."""
