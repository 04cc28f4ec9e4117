"""What the records say as OSCAL (NIST's Open Security Controls Assessment Language), for tools."""
