"""Images with boxes around their objects, in any format, and scenes made on the spot."""
