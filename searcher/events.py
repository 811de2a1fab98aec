"""What the searcher announces to the players concerned."""

EXCHANGE = "searcher_service.events"
OPPONENT_FOUND = "searcher.opponent_found"
EXPIRED = "searcher.expired"
MATCH_PROPOSED = "searcher.match_proposed"
MATCH_LAPSED = "searcher.match_lapsed"
# For the gateways, which keep searches alive that nobody has stopped; clients are not told.
STOPPED = "searcher.stopped"
