"""All tests, in folders by level and by part; `python -m tests` runs them."""
