"""Searches on validation data: learning rates, architectures and recipes."""
