"""Queries of a shape that was asked before: built and compiled once, then only bound to their values.

Django writes the SQL of a query anew each time it is asked. On a page with sixty queries that is a third of
what the page costs. Here a query set first only notes what it is asked for; what it notes is the shape of the
query and, apart from it, its values. A shape that comes a second time is compiled once, and from then on its
statement is bound to the values of the day. Whatever has no plain shape goes Django's own way.
"""
