"""Messages that are stored with the change that they tell of, and published after its commit.

Any service may import it.
"""
