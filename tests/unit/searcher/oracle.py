"""Who plays together, found by comparing all with all: what the store must come to as well."""

from itertools import combinations

from searcher.matching import meet


class ReferenceQueue:
    """Searches in a list: the longest waiting come first of all groups of which any two meet."""

    def __init__(self, windows):
        self.windows = windows
        self.waiting = {}
        self.apart = set()

    def add(self, search, now):
        """Whom a new search meets at once."""
        self.waiting[search.login] = search
        return self._take_first(now, search)

    def match_all(self, now):
        """Who meets whom by now."""
        return list(iter(lambda: self._take_first(now), None))

    def _take_first(self, now, wanted=None):
        waiting = sorted(self.waiting.values(), key=lambda each: each.rank)
        for seats in {each.seats for each in waiting}:  # of one pool, they are all the same
            for group in combinations(waiting, seats):
                if (wanted is None or wanted in group) and self._meet(group, now):
                    return {self.waiting.pop(each.login).login for each in group}
        return None

    def _meet(self, group, now):
        pairs = combinations(group, 2)
        return all(meet(*pair, now, self.windows, self.apart) for pair in pairs)
