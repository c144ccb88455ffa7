"""Labelled images: where they come from, how they are decoded, and how a stream shows them."""
