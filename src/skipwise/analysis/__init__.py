"""What finished runs tell beyond their accuracy."""
