"""Pages of what AI systems sent: segments, events, sightings."""
