"""What the session service is given: the installed games."""

from nameko.extensions import DependencyProvider

from sessions.games import load_games


class Games(DependencyProvider):
    """The games by their names, found at the start; a broken one keeps the service from starting."""

    def setup(self):
        self.games = load_games()

    def get_dependency(self, worker_ctx):
        return self.games
