"""Label errors and findings of the data check."""
