"""Labelled texts: where they come from, how they are tokenised, and how a stream shows them."""
