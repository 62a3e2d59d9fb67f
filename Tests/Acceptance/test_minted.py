# SPDX-License-Identifier: Apache-2.0
"""`minted`: Purser's tokens and issuer metadata, verified by joserfc, an independent JOSE library."""

import time

import pytest
from harness.minting import (
    ISSUER,
    SOURCE_IDENTITY,
    STS_AUDIENCE,
    TAGS,
    minted_app,
    minting,
    new_key,
    published,
    verified,
)
from harness.settings import APP, GUEST_MONITOR, SIGNED_IN_MONITOR, SIGNED_IN_ROLE, app, policy
from joserfc.errors import JoseError

ATTRIBUTES = {"tags": {"app": "app", "issuer": "issuer", "plan": {"claim": "plan"}}, "transitive-tags": ["app"]}


@pytest.fixture
def mint(broker, login, sts, tmp_path):
    """Starts an instance with these keys, without broker credentials."""

    def start(*keys, signed_in=(), guest=()):
        return broker(keys={}, minting=minting(*keys), apps=minted_app(login.url, signed_in, guest))

    return start


def sent(sts):
    return sts.requests[-1].form["WebIdentityToken"]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_minted_token_verifies_with_the_published_keys_and_has_the_claims_for_aws(
    mint, login, sts, tmp_path, algorithm
):
    purser = mint(new_key(tmp_path, "mint.key", algorithm), signed_in=ATTRIBUTES | {"session": "12h"})
    answer = purser.credentials(login.token("alice", plan="gold"))
    assert answer.status == 200, answer
    description, keys = published(purser)
    assert description["id_token_signing_alg_values_supported"] == [algorithm]
    assert description["response_types_supported"] == ["id_token"]
    assert all(not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key) for key in keys["keys"])
    header, claims = verified(sent(sts), keys, [algorithm])
    assert header == {"alg": algorithm, "typ": "JWT", "kid": keys["keys"][0]["kid"]}

    request = sts.requests[-1]
    form = request.form
    name = form["RoleSessionName"]
    times = {key: claims.pop(key) for key in ("iat", "nbf", "exp")}
    assert all(type(value) is int for value in times.values())
    assert times["exp"] - times["iat"] == 300 and times["nbf"] <= times["iat"]
    assert abs(times["iat"] - time.time()) < 30
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "aud": STS_AUDIENCE,
        "sub": name,
        TAGS: {
            "principal_tags": {"app": [APP], "issuer": [login.url], "plan": ["gold"]},
            "transitive_tag_keys": ["app"],
        },
        SOURCE_IDENTITY: name,
    }
    assert len(name) == 64 and "alice" not in name
    del form["WebIdentityToken"], form["RoleSessionName"]
    assert form == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": SIGNED_IN_ROLE,
        "DurationSeconds": "43200",
        "Policy": policy(SIGNED_IN_MONITOR),
    }
    assert request.header("Authorization") is None and request.header("X-Amz-Security-Token") is None


def test_each_exchange_mints_a_new_token_and_never_sends_the_users_token(mint, login, sts, tmp_path):
    purser = mint(new_key(tmp_path, "mint.key", "ES256"))
    tokens = [login.token(user) for user in ("alice", "bob")]
    for token in tokens:
        assert purser.credentials(token).status == 200
    minted = [request.form["WebIdentityToken"] for request in sts.requests]
    _, keys = published(purser)
    claims = [verified(token, keys, ["ES256"])[1] for token in minted]
    assert len({claim["jti"] for claim in claims}) == len({claim["sub"] for claim in claims}) == 2
    assert all(TAGS not in claim for claim in claims)
    assert not any(token.encode() in request.body for token in tokens for request in sts.requests)


@pytest.mark.parametrize("algorithms", [("RS256", "RS256"), ("RS256", "ES256")], ids="-".join)
def test_during_a_key_rotation_each_instance_publishes_the_keys_of_the_others(
    mint, login, sts, tmp_path, algorithms
):
    old, new = (new_key(tmp_path, f"{number}.key", name) for number, name in enumerate(algorithms))
    tokens, key_sets = [], []
    for keys in ((old, new), (new, old)):
        purser = mint(*keys)
        assert purser.credentials(login.token()).status == 200
        tokens.append(sent(sts))
        description, key_set = published(purser)
        assert set(description["id_token_signing_alg_values_supported"]) == set(algorithms)
        assert len(key_set["keys"]) == 2
        key_sets.append(key_set)
    for number, token in enumerate(tokens):
        for key_set in key_sets:
            header, _ = verified(token, key_set, list(algorithms))
            # An instance signs with its first key.
            assert header["kid"] == key_sets[number]["keys"][0]["kid"]
            assert header["alg"] == algorithms[number]
    assert key_sets[0]["keys"] == key_sets[1]["keys"][::-1]
    with pytest.raises((JoseError, ValueError)):
        verified(tokens[0], {"keys": key_sets[1]["keys"][:1]}, list(algorithms))


def test_without_minting_no_issuer_metadata_is_published(broker):
    purser = broker()
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
        assert purser.request(path).status == 404


@pytest.mark.parametrize("exchange", ["minted", "assume-role"])
def test_guests_share_one_session_or_get_one_per_visitor(broker, mint, login, sts, tmp_path, exchange):
    def start(sessions):
        guest = {"sessions": sessions, "tags": {"app": "app"}}
        if exchange == "minted":
            return mint(new_key(tmp_path, f"{sessions}.key", "ES256"), guest=guest)
        shop = app(login.url)
        shop["guest"] |= guest
        return broker(apps={APP: shop})

    def names():
        return [request.form["RoleSessionName"] for request in sts.requests]

    shared = start("shared")
    answers = [shared.guest().json for _ in range(3)]
    assert len({answer["accessKeyId"] for answer in answers}) == 1
    assert names() == [f"=guest.{APP}"]

    each = start("per-visitor")
    answers = [each.guest().json for _ in range(3)]
    assert [answer["appMonitor"]["name"] for answer in answers] == [GUEST_MONITOR["name"]] * 3
    assert len({answer["accessKeyId"] for answer in answers}) == 3
    assert len(set(names()[1:])) == 3 and all(name.startswith("=visitor.") for name in names()[1:])
    for request in sts.requests:
        assert "SourceIdentity" not in request.form
        if exchange == "minted":
            continue
        assert (request.form["Tags.member.1.Key"], request.form["Tags.member.1.Value"]) == ("app", APP)
    if exchange == "minted":
        _, claims = verified(sent(sts), published(each)[1], ["ES256"])
        assert claims["sub"] == names()[-1] and SOURCE_IDENTITY not in claims
        assert claims[TAGS] == {"principal_tags": {"app": [APP]}}
