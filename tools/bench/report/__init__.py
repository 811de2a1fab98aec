"""Writes what was measured: tables, pages and a chart. Only `writing` does I/O."""
