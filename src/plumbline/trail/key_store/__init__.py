"""The keys under which openings are encrypted, in a small store of their own.

Erasing begins here: once a key is destroyed, what it encrypted cannot be read any more, wherever a copy
lies. That holds for a backup of the database too, as soon as the last backup of this store that has the key
is gone. Hence its own place (``PLUMBLINE_KEY_STORE``) and its own, short retention of backups.
"""
