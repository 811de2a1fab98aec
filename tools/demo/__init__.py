"""A client for programs that play, and a demo in which two players use it."""
