"""What the session service is given: the games that are installed, and the terms of the arena."""

from nameko.exceptions import ConfigurationError
from nameko.extensions import DependencyProvider

from sessions.games import load_games
from sessions.match import AUTO, CLAIM, Terms
from sessions.storage import Arena


class ArenaProvider(DependencyProvider):
    """The arena, found at the start; a broken game or setting keeps the service from starting."""

    def setup(self):
        config = self.container.config
        leaving = config["LEAVING"]
        if leaving not in (AUTO, CLAIM):
            raise ConfigurationError(f"LEAVING is {AUTO} or {CLAIM}, not {leaving}")
        terms = Terms(
            float(config["GRACE"]), float(config["FIRST_MOVE_DEADLINE"]), leaving
        )
        self.arena = Arena(load_games(), terms)

    def get_dependency(self, worker_ctx):
        return self.arena
