"""Computer opponents: engines for every game, and the process that plays by them.

They are clients like any other, on accounts of their own, and import no service. Of all others,
only the workbench imports them.
"""
