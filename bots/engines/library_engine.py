"""Runs, as a program that speaks UCI, the engine that the library `pyffish` has inside.

The library is all of Fairy-Stockfish, built as a module that offers the rules alone. So what it
knows of a variant is what the games know, and no variant is left out. The functions that start the
engine are found by their names in the library's C++: another version may not have them, and this
program ends then before it has said `uciok`.
"""

import ctypes
import os
from importlib import import_module

ENDGAMES_INIT = "_ZN9Stockfish8Endgames4initEv"
SEARCH_CLEAR = "_ZN9Stockfish6Search5clearEv"
SET_THREADS, THREADS = "_ZN9Stockfish10ThreadPool3setEm", "_ZN9Stockfish7ThreadsE"
UCI_LOOP = "_ZN9Stockfish3UCI4loopEiPPc"


def main() -> None:
    """Do the rest of Fairy-Stockfish's `main`, which importing the module has begun."""
    library = ctypes.CDLL(import_module("pyffish._pyffish").__file__)
    set_threads, threads = library[SET_THREADS], ctypes.c_char.in_dll(library, THREADS)
    set_threads.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library[ENDGAMES_INIT]()
    set_threads(ctypes.addressof(threads), 1)
    library[SEARCH_CLEAR]()
    library[UCI_LOOP](1, (ctypes.c_char_p * 1)(b"pyffish"))
    os._exit(0)  # its threads are still there


if __name__ == "__main__":
    main()
