"""Which account somebody comes into whom the identity provider of the organization has recognized."""
