"""Data quality: duplicates, near duplicates, outliers, and what headers of files tell."""
