"""Excel workbooks (ECMA-376, both its transitional and its strict form): `reader.read`."""
