"""Tens of thousands of messages and frames drawn by lot, while games go on beside them.

FUZZ_SEED=... draws others. A failure prints the seed and the round, which has a lot of its own.
"""

import json
import os
import random
from collections import Counter

import pytest

from tests.client import check_error, check_event, check_result
from tests.docs.pages import read, rows, section
from tests.e2e.fuzz.frames import wild_frames
from tests.e2e.fuzz.http_client import HttpClient
from tests.e2e.fuzz.messages import FIRST_ID, Messages
from tests.e2e.fuzz.pipelined_client import PipelinedClient
from tests.e2e.fuzz.target import CALLERS, STRANGER, told

SEED = os.environ.get("FUZZ_SEED", "1")
REQUESTS, MALFORMED = 410, 90  # in a round; more than 99 malformed ones would end the connection
HTTP_ROUNDS = 2
BODIES = 110  # in a round by HTTP, beside as many malformed ones
WRONG_AUTHORIZATIONS = ["", "Bearer", "Bearer x.y.z", "Basic QTpC", "Bearer \u00e9", "x" * 4000]
CLOSE_CODES = {int(row[0]) for row in rows(section(read("docs/protocol.md"), "## Close codes"))}


def test_hidden_facts_are_found_in_a_message_that_tells_them(target):
    session = target.world.rpc("sessions.get", "host", session_id=target.world.session_id)
    assert told([session], target.hidden_from(STRANGER))


def rounds(few, many):
    return pytest.mark.parametrize("number", [few, pytest.param(many, marks=pytest.mark.fuzz)])


@rounds(1, 25)
def test_each_message_gets_one_answer_and_harms_nobody(target, number):
    for each in range(number):
        for who in CALLERS:
            seed = f"{SEED} {number} {each} {who}"
            print(f"FUZZ_SEED={SEED}: the messages of {seed!r}")
            send_messages(target, who, seed)


def send_messages(target, who, seed):
    """Send the messages of one round, and check all that is told."""
    client, known = target.enter(who)
    requests, texts = draw(seed, known, REQUESTS, MALFORMED)
    answers = client.exchange(texts)
    known_ids = Counter(each["id"] for each in answers)
    unanswered = [text for n, (_, text) in enumerate(requests) if known_ids[FIRST_ID + n] != 1]
    assert not unanswered, (client.close_code, unanswered[:3])
    assert len(answers) == len(texts), client.close_code
    for answer in answers:
        number = answer["id"]
        is_request = isinstance(number, int) and 0 <= number - FIRST_ID < REQUESTS
        check_answer(requests[number - FIRST_ID] if is_request else ("", ""), answer)
    late = client.finish()
    assert all("method" in each for each in late), "a second answer"
    assert client.close_code == 1000
    for event in client.events + late:
        check_event(event["method"], event["params"])
    assert not told(answers + client.events + late, target.hidden_from(who))


def draw(seed, known, requests, malformed):
    """Return requests, by method and text, and the texts of them and of others in any order."""
    messages = Messages(seed, known)
    made = [messages.request(number) for number in range(requests)]
    texts = [text for _, text in made] + [messages.malformed() for _ in range(malformed)]
    random.Random(seed).shuffle(texts)
    return made, texts


@pytest.mark.fuzz
def test_each_body_gets_one_answer_and_harms_nobody(target):
    for each in range(HTTP_ROUNDS):
        for who in CALLERS:
            seed = f"{SEED} {each} {who} by HTTP"
            print(f"FUZZ_SEED={SEED}: the bodies of {seed!r}")
            send_bodies(target, who, seed)


def send_bodies(target, who, seed):
    """Send the bodies of one round by POST /rpc, and check all that is told."""
    token, known = target.caller(who)
    requests, texts = draw(seed, known, BODIES, MALFORMED)
    methods = {text: method for method, text in requests}
    client, rng, answers = HttpClient(target.world.stack.port), random.Random(seed), []
    for text in texts:
        authorization = rng.choice([f"Bearer {token}"] * 6 + WRONG_AUTHORIZATIONS)
        status, body = client.post(text, authorization if token else None, rng.random() < 0.2)
        assert status == 200, (status, text)
        answers.append(json.loads(body))
        check_answer((methods.get(text, ""), text), answers[-1])
    client.close()
    assert not told(answers, target.hidden_from(who))


def check_answer(request, answer):
    """Fail unless the answer is one that the method may have; nothing may be unavailable."""
    method, text = request
    if "error" in answer:
        assert answer["error"]["data"]["type"] not in ("InternalError", "Unavailable"), text
        check_error(method, answer["error"])
    elif method:
        check_result(method, answer["result"])


@rounds(20, 400)
def test_wild_frames_end_by_a_documented_code(stack, target, number):
    for each in range(number):
        seed = f"{SEED} {number} {each}"
        print(f"FUZZ_SEED={SEED}: the frames of {seed!r}")
        client = PipelinedClient(stack.url())
        client.finish(wild_frames(random.Random(seed)))
        assert client.close_code in CLOSE_CODES, seed
