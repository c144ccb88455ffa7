"""Data quality: duplicates, label errors, outliers, unreadable files, class balance."""
