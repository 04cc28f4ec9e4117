"""Many new records of one kind at once, through the door: what an import writes."""
