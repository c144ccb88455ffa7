"""Networks that read texts and other sequences."""
