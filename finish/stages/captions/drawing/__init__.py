"""Captions on the picture: placed cards and ASS scripts as libass draws them."""
