"""Media files: how they are read, what they state, and FFmpeg as a program."""
