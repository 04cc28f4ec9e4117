"""Many matters at once: what deciding them asks, read together."""
