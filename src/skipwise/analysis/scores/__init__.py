"""Analyses of predictions and scores of finished runs."""
