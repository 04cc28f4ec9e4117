"""Files of any kind → `Sheet`: one folder per format, each with a ``read`` that takes bytes and options.

`plumbline.imports.reading` is the door: it recognises a file by its content and picks the reader. All of this
is pure. No reader follows a link, runs a formula or a macro, or expands more than `limits` allows.
"""
