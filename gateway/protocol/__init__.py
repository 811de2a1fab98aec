"""JSON-RPC between clients and the gateway: parsing, methods, parameters, results and errors.

Nothing here does I/O. Only the gateway and the generator of the docs import it.
"""
