"""Django finds the tables of an application here: those of every module of the clauses.

The kinds are imported from their own modules; nothing is listed here.
"""

from plumbline.clauses import discovery

discovery.modules()
