"""Anchors: checkpoints handed to somebody else, each way in a folder of its own behind one port.

Whoever holds the keys and the machine can rewrite the whole trail and sign it again. Only a checkpoint that
lies where they cannot reach shows it; what each anchor shows, and since when, is said and never more.
"""
