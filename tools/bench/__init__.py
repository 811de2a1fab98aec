"""Measurements of a whole server as ratios to stock Nameko on the same machine: `make bench`.

`suite` runs the measurements of `steps` on a server of their own (`server`), with load from
processes of their own (`load`). `report` writes what was measured, and `soak` watches memory.
"""
