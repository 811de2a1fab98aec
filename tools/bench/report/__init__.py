"""Writes what was measured: tables, pages and a chart. Only `data` and `writing` do I/O."""
