"""Dobutsu shogi that Fairy-Stockfish draws at the third occurrence of a position.

The library knows it from then on. So what it brings itself is noted here before, and the games too
ask for that before, and once.
"""

import pytest

pyffish = pytest.importorskip("pyffish", reason="pyffish is built for x86_64 only")
from arbiter_games.fairy_positions import LIBRARY  # noqa: E402

NAME = "dobutsu_threefold"
BROUGHT = frozenset(pyffish.variants())
assert NAME not in LIBRARY.names
pyffish.load_variant_config(f"[{NAME}:dobutsu]\nnFoldRule = 3\n")
