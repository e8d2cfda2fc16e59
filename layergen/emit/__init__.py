"""A Spec and what its trial found, as the text of finished files."""
