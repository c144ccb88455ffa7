"""Object detectors on the feature maps of any image network."""
