"""What a field of a form can be filled with, found by a few letters: records, people, units, requirements."""
