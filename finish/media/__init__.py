"""All that touches the machine: FFmpeg, files, the store. Everything else is a value."""
