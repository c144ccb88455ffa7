"""Each format that boxes are written in: how it is told, and how it is read."""
