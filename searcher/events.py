"""What the searcher announces to the players concerned."""

EXCHANGE = "searcher_service.events"
OPPONENT_FOUND = "searcher.opponent_found"
EXPIRED = "searcher.expired"
# For the gateways, which keep searches alive that nobody has stopped; clients are not told.
STOPPED = "searcher.stopped"
