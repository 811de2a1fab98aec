"""Functions that the kit takes as `lookalike`."""

from arbiter_games.battleship import FLEET, PLACEMENTS


def other_place(state, viewer, rng):
    """Return the state with a ship that the viewer has not hit moved to where it could be."""
    owner = rng.choice([seat for seat in (0, 1) if seat != viewer])
    shots, placed = state["shots"][1 - owner], state["placed"][owner]
    lines = {ship: PLACEMENTS[ship][f"{ship}@{where}"] for ship, where in placed.items()}
    unseen = [ship for ship in FLEET if ship in lines and not set(lines[ship]) & set(shots)]
    if not unseen:
        return None
    ship = rng.choice(unseen)
    taken = {*shots, *(square for name in lines if name != ship for square in lines[name])}
    free = [move for move, line in PLACEMENTS[ship].items() if taken.isdisjoint(line)]
    where = rng.choice(free).split("@")[1]
    fleets = [{**placed, ship: where} if seat == owner else fleet
              for seat, fleet in enumerate(state["placed"])]
    return {**state, "placed": fleets}
