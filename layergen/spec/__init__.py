"""What was asked for: options or a layergen.toml, read and checked into a Spec."""
