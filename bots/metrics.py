"""The metrics of computer opponents, for Prometheus."""

from prometheus_client import Counter, Gauge

ONLINE = Gauge("arbiter_bots_online", "Accounts that are connected")
GAMES = Gauge("arbiter_bots_games", "Sessions that are being played")
MOVES = Counter("arbiter_bots_moves_total", "Moves chosen, by engine", ["engine"])
