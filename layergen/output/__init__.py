"""Files into the tree: planned, then all or nothing."""
