"""Requests that may come twice: the second one gets the answer of the first and writes nothing."""
