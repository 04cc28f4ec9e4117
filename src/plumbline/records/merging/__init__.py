"""Two records that are one: one survives, the other ends and says into which it was merged."""
