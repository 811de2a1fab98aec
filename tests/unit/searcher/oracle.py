"""Who meets whom, found by comparing everybody with everybody: what the store must come to as well.
"""

from searcher.matching import meet, opponent


def all_pairs(waiting, now, windows, apart=()):
    """Everybody who meets somebody, the longest waiting first."""
    left = sorted(waiting, key=lambda each: each.rank)
    found = []
    while left:
        seeker = left.pop(0)
        other = opponent(seeker, left, now, windows, apart)
        if other is not None:
            left.remove(other)
            found.append((seeker, other))
    return found


class ReferenceQueue:
    """Searches in a list, for one that is added or for a tick compared each with each."""

    def __init__(self, windows):
        self.windows = windows
        self.waiting = {}
        self.apart = set()

    def add(self, search, now):
        """Whom a new search meets at once."""
        other = opponent(search, self.waiting.values(), now, self.windows, self.apart)
        if other is None:
            self.waiting[search.login] = search
            return None
        del self.waiting[other.login]
        return {search.login, other.login}

    def match_all(self, now):
        """Who meets whom by now."""
        met = all_pairs(self.waiting.values(), now, self.windows, self.apart)
        for one, other in met:
            assert meet(one, other, now, self.windows, self.apart)
            del self.waiting[one.login], self.waiting[other.login]
        return [{one.login, other.login} for one, other in met]
