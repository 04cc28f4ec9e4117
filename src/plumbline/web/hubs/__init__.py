"""Hubs: the page of a record shows what stands around it, by one mechanism for every kind."""
