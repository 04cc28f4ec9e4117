"""The work of an erasure, step by step, and its repetition after a restore."""
