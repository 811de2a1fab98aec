"""What the searcher announces to the players concerned."""

EXCHANGE = "searcher_service.events"
OPPONENT_FOUND = "searcher.opponent_found"
EXPIRED = "searcher.expired"
