"""OpenDocument spreadsheets (ISO/IEC 26300): `reader.read`."""
