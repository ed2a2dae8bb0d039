"""What is in the picture where graphics could stand: faces, hands, letters, cuts, and tones."""
