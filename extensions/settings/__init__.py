"""The settings of a process: declared and typed once, and checked by name when the process starts.

`declaration` has them all, and `loader` reads them. Every package but `arbiter_games` and `client`
may import this one.
"""

from extensions.settings.declaration import Settings, types_by_name

__all__ = ["Settings", "types_by_name"]
