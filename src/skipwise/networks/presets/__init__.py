"""Networks known by name, each a literal value with its source."""
