"""Search for inputs that break a parser: `python -m tests.fuzzing [options of libFuzzer]`.

It ends with an error where one is found, and writes that into a file, which it names. With `-runs`
and `-seed` it is the same search each time. atheris has to be importable: `make fuzz` sees to it.
"""

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

INSTRUMENTED = ["accounts", "auth", "extensions", "gateway", "jwt", "wsproto"]

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
with atheris.instrument_imports(include=INSTRUMENTED):
    from tests.fuzzing.parsers import parse_any, seeds

corpus = Path(tempfile.mkdtemp())
for number, seed in enumerate(seeds()):
    (corpus / str(number)).write_bytes(seed)
atheris.Setup([sys.argv[0], *sys.argv[1:], str(corpus)], parse_any)
atheris.Fuzz()
