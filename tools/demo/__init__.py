"""A client of the server, for programs that play, and two players who show it."""
