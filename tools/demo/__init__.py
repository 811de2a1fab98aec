"""A demo for the terminal: two players meet and play."""
