# SPDX-License-Identifier: Apache-2.0
"""Differential test of twenty thousand tokens: Purser and joserfc, an independent implementation.

Purser may reject a token that joserfc accepts, by a named rule (`harness/stricter_rules.py`), but never the reverse.
"""

import http.client
import json
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from harness import settings
from harness.claim_mutations import LEEWAY
from harness.purser import Purser
from harness.reference_verifier import ReferenceVerifier
from harness.signers import Signers
from harness.stricter_rules import RULES, Judged, explaining
from harness.token_maker import SUBJECT, TokenMaker
from harness.token_mutations import SIGNED
from harness.token_tampering import TAMPERINGS
from harness.tokens import ISSUER
from harness.web import send

SEED, CONNECTIONS = 7519, 6
GOOD, EACH_FORM = 6000, 190


@dataclass
class Case:
    """A token, its kind of mutation, the times of request and response, and Purser's response."""

    kind: str
    token: str
    status: int = 0
    request: str = ""
    sent: float = 0
    answered: float = 0
    body: bytes = b""


def cases(signers):
    """All test cases; the seed determines their random choices, but keys, salts and the time are new in each run."""
    now = int(time.time())

    def chances(kind, count):
        return (random.Random(f"{SEED} {kind} {number}") for number in range(count))

    def built(kind, count, build):
        return [Case(kind, build(TokenMaker(signers, source, now))) for source in chances(kind, count)]

    good = built("good", GOOD, TokenMaker.good)
    tokens = [case.token for case in good]
    tampered = [
        Case(kind, change(source, tokens)) for kind, change in TAMPERINGS.items() for source in chances(kind, EACH_FORM)
    ]
    signed = [case for kind, (count, build) in SIGNED.items() for case in built(kind, count, build)]
    everything = good + tampered + signed
    random.Random(SEED).shuffle(everything)
    return everything


def send_share(purser, share):
    """Sends all tokens of a share over one connection."""
    connection = http.client.HTTPConnection(*purser.address, timeout=15)
    for case in share:
        headers = [("Authorization", f"Bearer {case.token}")]
        case.sent = time.time()
        answer = send(connection, "GET", f"/v1/apps/{settings.APP}/credentials", headers)
        case.answered = time.time()
        case.status, case.body, case.request = answer.status, answer.body, answer.header("X-Request-Id")
    connection.close()


def send_all(purser, everything):
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(lambda first: send_share(purser, everything[first::CONNECTIONS]), range(CONNECTIONS)))


def reasons(purser, number):
    """The reasons in the log, by request id."""
    lines = purser.await_log("answered", at_least=number, every=0.5)
    return {line["requestId"]: line.get("reason") for line in lines}


def verdict(case, reason, other, keys):
    """Agreement, or the rules that explain the difference; an empty list is an unexplained difference."""
    claims = other.authentic(case.token)
    before, after = (claims is not None and other.accepts(claims, moment) for moment in (case.sent, case.answered))
    if before != after:
        return ["time passed meanwhile"]
    if (case.status == 200) == before:
        return ["both accept"] if before else ["both refuse"]
    # No rule explains a token that only Purser accepts.
    return explaining(Judged(case.token, reason, case.answered, keys)) if case.status == 401 else []


@pytest.fixture
def signers():
    return Signers(random.Random(SEED))


@pytest.fixture
def purser(started, tmp_path, sts, signers):
    # The file remains, for the analysis of a failure.
    (tmp_path / "keys.json").write_text(json.dumps(signers.key_set))
    signed_in = settings.app(ISSUER)["signed-in"] | {"exchange": "assume-role"}
    configuration = settings.settings(
        settings.issuer(ISSUER, "file:keys.json", leeway=f"{LEEWAY}s"),
        apps={settings.APP: settings.app(**{"signed-in": signed_in})},
    )
    return started(Purser(tmp_path, configuration, sts.url, **settings.BROKER_KEYS))


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_joserfc_agrees_with_purser_or_a_named_stricter_rule_explains_it(purser, signers):
    started = time.monotonic()
    everything = cases(signers)
    purser.known_secrets.add("a subject", SUBJECT)
    for case in [case for case in everything if case.kind == "good"][::60]:
        purser.known_secrets.add_token(case.token)
    send_all(purser, everything)
    reason = reasons(purser, len(everything))
    key_set = signers.key_set
    other = ReferenceVerifier(key_set, ISSUER, settings.AUDIENCE, LEEWAY)
    verdicts = [(case, verdict(case, reason[case.request], other, key_set["keys"])) for case in everything]

    counts = Counter(name for _, names in verdicts for name in names)
    kinds = len({case.kind for case in everything})
    print(f"{len(everything)} tokens of {kinds} kinds in {time.monotonic() - started:.0f} s")
    for name, count in counts.most_common():
        print(f"{count:6} {name}")

    unexplained = [
        f"{case.kind}: {case.status} {reason[case.request]}: {case.token}" for case, names in verdicts if not names
    ]
    assert not unexplained, f"{len(unexplained)} unexplained differences, the first: " + "\n".join(unexplained[:5])
    assert {case.status for case in everything} == {200, 401}
    assert {json.loads(case.body)["code"] for case in everything if case.status == 401} == {"invalid_token"}
    assert len(everything) >= 20_000 and counts["both accept"] >= 5000
    unused = [name for name in RULES if not counts[name]]
    assert not unused, f"no token needs these rules: {unused}"
