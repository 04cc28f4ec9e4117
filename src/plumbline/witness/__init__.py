"""A witness of other logs (C2SP tlog-witness): a small process with its own key and its own memory.

It is run by somebody who does not run the log, internal audit for one, on another machine. It knows nothing
of the product: no database, no records, no Django.
"""
