"""Worker processes that train the runs of a study side by side."""
