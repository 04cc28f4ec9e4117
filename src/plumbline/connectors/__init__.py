"""Facts in from outside systems: each connector is a folder here, and a stage writes what it reads.

A connector only reads (`port.Connector`); it knows no database and decides nothing. The stage takes its facts
through the door of the records, with the rights of the person for whom the connection was set up.
"""
