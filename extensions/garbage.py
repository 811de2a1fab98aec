"""Keeps Python's garbage collector from going through what a process has made for good.

All of it, some 100,000 objects of modules, would be looked at every few thousand moves: each time
nothing else runs for 20 to 80 ms.
"""

import gc


def spare_lasting_objects() -> None:
    """Let no collection look at the objects that there are now; to be called after the start.

    What is no longer used is collected before. What is made later is collected as ever.
    """
    gc.collect()
    gc.freeze()
