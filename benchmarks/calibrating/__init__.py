"""How often the verdict's rule is wrong, measured on runs that were really trained."""
