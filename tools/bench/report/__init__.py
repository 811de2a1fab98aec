"""What is told of the measurements: a table, a page, a chart. No I/O but in `files`."""
