"""The documents inside the product: read offline, found from every page."""
