"""Pictures: their frames, rates and fields, still pictures, animations and numbered sequences."""
