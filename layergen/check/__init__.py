"""Running what was generated."""
