"""`make run` in a given folder."""

import sys
from pathlib import Path

from tools.launch.__main__ import main, whole_stack

if __name__ == "__main__":
    sys.exit(main(lambda: whole_stack(Path(sys.argv[1]))))
