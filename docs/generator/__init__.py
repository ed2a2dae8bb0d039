"""Writes `docs/reference/` from the schema, the packaged data, the commands, the notes, and the errors."""
