"""Programs beside the server: to run it, watch a game on it, measure it, break it on purpose.

They may import any package of the project; nothing that serves players imports them.
"""
