"""Keeps Python's garbage collector from going through what lasts again and again.

What a process has made by its start, some 100,000 objects of modules, would be looked at every few
thousand moves: each time nothing else runs for 20 to 80 ms. With 5,000 connections a gateway has
half a million objects more, and a collection of all takes 150 to 300 ms.
"""

import gc

COLLECTIONS_OF_YOUNG = 50  # before one of all; 10, by Python's default


def spare_lasting_objects() -> None:
    """Let no collection look at the objects that there are now; to be called after the start.

    What is no longer used is collected before. What is made later is collected as ever, but all of
    it together a fifth as often: up to 350,000 objects that are no longer used may wait for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], COLLECTIONS_OF_YOUNG)
