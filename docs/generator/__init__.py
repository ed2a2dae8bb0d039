"""Writes `docs/reference/` from the schema, the presets, the styles, the commands, the notes, and the errors."""
