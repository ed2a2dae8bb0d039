"""FFmpeg as a program: how it is started, what it may use, and what its log states."""
