"""Documents that leave the house: built from the records as pages show them, issued with a code, verified."""
