"""JSON-RPC between clients and the gateway: parsing, methods, parameters, results, errors, limits.

Nothing here does I/O. Every other part of the gateway may import it, and nothing outside does but
the generator of the docs.
"""
