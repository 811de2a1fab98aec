"""Tests of deploy/, with the programs that operators run, as Debian packages them."""
