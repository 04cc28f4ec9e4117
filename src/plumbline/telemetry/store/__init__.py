"""The evidence store: what metrics ask of events, behind one narrow port."""
