"""What the variants are called, by their names in `pyffish`, where that is not the name itself."""

# What pyffish calls x is X chess.
CHESS_VARIANTS = (
    "almost amazon armageddon atomar atomic berolina cambodian capablanca centaur chancellor "
    "chigorin courier dragon duck embassy extinction fairy georgian giveaway gothic grand "
    "grasshopper horde janus legan loop losers manchu modern nightrider omicron opulent "
    "paradigm pawnback perfect petrified placement spartan suicide torpedo troitzky wolf"
).split()
TITLES = {
    **{name: f"{name.capitalize()} chess" for name in CHESS_VARIANTS},
    "3check": "Three-check chess", "5check": "Five-check chess", "amazons": "Game of the Amazons",
    "asean": "ASEAN chess", "caparandom": "Capablanca random chess", "checkshogi": "Check shogi",
    "clobber": "Clobber 5x6", "clobber10": "Clobber 10x10", "coregal": "Co-regal chess",
    "euroshogi": "EuroShogi", "fischerandom": "Chess960", "flipello": "Othello",
    "flipello10": "Othello 10x10", "flipersi": "Reversi", "fox-and-hounds": "Fox and hounds",
    "gardner": "Gardner minichess", "gorogoro": "Gorogoro shogi", "gustav3": "Gustav III chess",
    "isolation7x7": "Isolation 7x7", "janggicasual": "Janggi (casual)",
    "janggimodern": "Janggi (modern)", "janggitraditional": "Janggi (traditional)",
    "jesonmor": "Jeson Mor", "judkins": "Judkins shogi", "karouk": "Kar Ouk",
    "kingofthehill": "King of the Hill", "kyotoshogi": "Kyoto shogi",
    "losalamos": "Los Alamos chess", "micro": "Micro shogi", "mini": "Minishogi (mini)",
    "misere": "Misère chess", "newzealand": "New Zealand chess", "nocastle": "No-castling chess",
    "nocheckatomic": "Atomic chess without check", "normal": "Chess (normal)",
    "okisakishogi": "Okisaki shogi", "pawnsideways": "Pawn-sideways chess",
    "pocketknight": "Pocket knight chess", "racingkings": "Racing kings",
    "seirawan": "S-Chess (Seirawan)", "shoshogi": "Sho shogi",
    "shouse": "S-House (Seirawan crazyhouse)", "snailtrail": "Snail trail",
    "sortofalmost": "Sort-of-almost chess", "tencubed": "TenCubed chess",
    "threekings": "Three kings chess", "torishogi": "Tori shogi", "yarishogi": "Yari shogi",
}
