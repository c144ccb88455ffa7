"""Charts as altair values, and the colours of contenders."""
