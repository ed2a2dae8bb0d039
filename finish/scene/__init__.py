"""What is in the picture where graphics could stand: faces, letters, cuts, and tones."""
