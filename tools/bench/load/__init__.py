"""The load process: plays games on a server, on thousands of connections where asked for.

It shares the machine with the server that is measured, so it is cheap: one asyncio loop, raw
WebSocket frames, and no message parsed that need not be. Only `tools.bench` starts it.
"""
