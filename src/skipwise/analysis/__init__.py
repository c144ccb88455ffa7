"""Analyses of finished runs, beyond their accuracy."""
