"""When cues and words appear: the rules for reading, shot changes, and the times at which words are spoken."""
