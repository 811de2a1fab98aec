"""Names for guests that a person can read out and remember, such as `quick-otter-42`. No I/O."""

import random

# Of at most 6 letters each: with 6 digits a name is as long as a login may be. Any two of them
# together have to be friendly.
ADJECTIVES = (
    "amber bold brave breezy bright brisk calm cheery chirpy civil clever comfy cosmic cosy crisp "
    "dapper dreamy eager early fair fancy fleet fluffy frosty funny gentle gifted glad golden "
    "grand happy hardy humble jolly jovial keen kind lively loyal lucky mellow merry mighty misty "
    "modest neat nimble noble polite proud quick quiet ready rosy shiny silver smart snowy sunny "
    "swift tidy trusty warm witty"
).split()
ANIMALS = (
    "alpaca badger bear beaver bison bunny camel canary condor crane curlew deer dingo dove duck "
    "eagle egret elk falcon ferret finch fox gecko gibbon goose hare hawk heron hippo ibex ibis "
    "impala jaguar kitten kiwi koala lark lemur llama lynx magpie marten moose ocelot orca osprey "
    "otter owl panda parrot plover pony puffin puma quail rabbit raven robin seal swan tapir tiger "
    "turtle zebra"
).split()
# How many digits the name of each attempt has: where short ones are taken, it becomes longer.
ATTEMPTS = (2, 2, 2, 4, 4, 6, 6)


def make_name(digits: int, lot: random.Random) -> str:
    """Return a name of an adjective, an animal and a number of so many digits, drawn by lot."""
    number = lot.randrange(10**digits)
    return f"{lot.choice(ADJECTIVES)}-{lot.choice(ANIMALS)}-{number:0{digits}}"
