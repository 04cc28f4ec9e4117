"""Published schemas that a file is held to when it declares their format: `declared.misfits`."""
