"""Graph to Kernel, for native code; nothing is lowered yet."""
