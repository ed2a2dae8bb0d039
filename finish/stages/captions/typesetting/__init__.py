"""Text to lines: styles, fonts, words, and where a line can end."""
