"""Execute what was emitted or derived and compare it with the forward; this room writes nothing."""
