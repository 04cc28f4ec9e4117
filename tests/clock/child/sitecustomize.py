"""Moves the clock of a Python process that a test has started; see ``tests/clock``."""

import os
import sys

if "TESTS_CLOCK_SHIFT" in os.environ:
    # The library looks whether pytest is there, which would cost each process a tenth of a second.
    sys.modules["pytest"] = None
    try:
        import shifted
    except ImportError:  # another Python, with nothing but the standard library: it keeps the real clock
        pass
    else:
        shifted.run(float(os.environ["TESTS_CLOCK_SHIFT"]))
    del sys.modules["pytest"]
