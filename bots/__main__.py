"""Runs computer opponents: `python -m bots`."""

from bots.process import main

if __name__ == "__main__":
    main()
