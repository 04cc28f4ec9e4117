"""By when policies and documents are looked at again."""
