"""When cues and words appear: the rules for reading, shot changes, and when words are spoken."""
