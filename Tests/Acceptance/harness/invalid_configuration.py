# SPDX-License-Identifier: Apache-2.0
"""A valid configuration, and one error of each kind as a changed line of it."""

VALID = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
aws: {region: us-west-2, account: "123456789012"}
issuers:
  - issuer: https://login.example.test/
    audiences: [rum-web]
    keys: file:login.jwks.json
    algorithms: [RS256]
cache: {minimum-life: 5m, entries: 1000}
limits: {connections: 100, header-timeout: 10s, idle-timeout: 60s, drain: 1s, exchange-timeout: 8s}
apps:
  shop:
    origins: ["https://shop.example.com"]
    signed-in:
      monitor: {name: Shop_Authenticated, id: 11111111-2222-3333-4444-555555555555}
      issuers: ["https://login.example.test/"]
      exchange: web-identity
      role: arn:aws:iam::123456789012:role/RumSignedIn
      session: 1h
    guest:
      monitor: {name: Shop_Unauthenticated, id: 66666666-7777-8888-9999-000000000000}
      exchange: assume-role
      role: arn:aws:iam::123456789012:role/RumGuest
      session: 1h
"""


def _line(beginning, occurrence=1):
    """The number of the line with that beginning, from 1."""
    numbers = [number for number, line in enumerate(VALID.splitlines(), 1) if line.strip().startswith(beginning)]
    return numbers[occurrence - 1]


def _instead(of, text, occurrence=1):
    return _line(of, occurrence), text


# Each error: the number of the line and the text that replaces it.
INVALID_LINES = {
    "unknown key at the top": _instead("listen:", "listen: 127.0.0.1:0\nlissten: 127.0.0.1:0"),
    "unknown key of a grant": _instead("session:", "      sesion: 1h"),
    "duplicate key": _instead("session:", "      session: 1h\n      session: 2h"),
    "missing required key": _instead("role:", ""),
    "port out of range": _instead("listen:", "listen: 127.0.0.1:70000"),
    "port that is no number": _instead("admin:", "admin: 127.0.0.1:http"),
    "address without a port": _instead("admin:", "admin: localhost"),
    "malformed Region": _instead("aws:", 'aws: {region: "us west", account: "123456789012"}'),
    "account of 11 digits": _instead("aws:", 'aws: {region: us-west-2, account: "12345678901"}'),
    "issuer that is no URL": _instead("- issuer:", "  - issuer: login.example.test"),
    "no audiences": _instead("audiences:", "    audiences: []"),
    "audiences that are one text": _instead("audiences:", "    audiences: {rum: web}"),
    "authorized parties that are one text": _instead(
        "audiences:", "    audiences: [rum-web]\n    authorized-parties: rum-web"
    ),
    "an empty list of authorized parties": _instead(
        "audiences:", "    audiences: [rum-web]\n    authorized-parties: []"
    ),
    "a burst of no fetches": _instead("keys:", "    keys: https://login.example.test/keys\n    refetch-burst: 0"),
    "a burst of fetches of a file": _instead("keys:", "    keys: file:login.jwks.json\n    refetch-burst: 2"),
    "an audience that the issuer does not list": _instead(
        "exchange:", "      exchange: web-identity\n      audiences: [rum-web, another]"
    ),
    "no audiences of an app": _instead("exchange:", "      exchange: web-identity\n      audiences: []"),
    "an authorized party of a wrong type": _instead(
        "exchange:", "      exchange: web-identity\n      authorized-parties: [[rum-web]]"
    ),
    "audiences of guests": _instead("exchange:", "      exchange: assume-role\n      audiences: [rum-web]", 2),
    "key URL that is plain http": _instead("keys:", "    keys: http://login.example.test/jwks.json"),
    "key file that is not there": _instead("keys:", "    keys: file:nowhere.json"),
    "key file that holds no keys": _instead("keys:", "    keys: file:no-keys.json"),
    "keys of an unknown kind": _instead("keys:", "    keys: ftp://login.example.test/jwks.json"),
    "algorithm none": _instead("algorithms:", "    algorithms: [none]"),
    "algorithm of shared secrets": _instead("algorithms:", "    algorithms: [RS256, HS256]"),
    "cache entries below one": _instead("cache:", "cache: {minimum-life: 5m, entries: 0}"),
    "limit of a wrong type": _instead("limits:", "limits: {connections: many}"),
    "malformed duration of a limit": _instead("limits:", "limits: {idle-timeout: 60}"),
    "core dumps of a wrong type": _instead("admin:", "admin: 127.0.0.1:0\ncore-dumps: never"),
    "audit hits of a wrong type": _instead("admin:", "admin: 127.0.0.1:0\naudit: {to: stderr, hits: sometimes}"),
    "audit hits without a trail": _instead("admin:", "admin: 127.0.0.1:0\naudit: {to: off, hits: true}"),
    "origin with a path": _instead("origins:", '    origins: ["https://shop.example.com/pages"]'),
    "every origin": _instead("origins:", '    origins: ["*"]'),
    "origins of a wrong type": _instead("origins:", "    origins: 7"),
    "malformed monitor name": _instead(
        "monitor:", '      monitor: {name: "Shop Monitor", id: 11111111-2222-3333-4444-555555555555}'
    ),
    "monitor name that would widen the policy": _instead(
        "monitor:", '      monitor: {name: "*", id: 11111111-2222-3333-4444-555555555555}'
    ),
    "malformed monitor id": _instead("monitor:", "      monitor: {name: Shop_Authenticated, id: 1111-2222}"),
    "undefined issuer": _instead("issuers:", '      issuers: ["https://nobody.example.test/"]', 2),
    "unknown exchange": _instead("exchange:", "      exchange: swap"),
    "guests by web identity": _instead("exchange:", "      exchange: web-identity", 2),
    "malformed ARN": _instead("role:", "      role: arn:aws:iam::123456789012:RumSignedIn"),
    "ARN of a user": _instead("role:", "      role: arn:aws:iam::123456789012:user/RumSignedIn"),
    "malformed duration": _instead("session:", "      session: one hour"),
    "session too short": _instead("session:", "      session: 5m"),
    "session too long": _instead("session:", "      session: 13h"),
    "unknown delivery": _instead("session:", "      session: 1h\n      delivery: post"),
    "hand-out too short": _instead("session:", "      session: 1h\n      hand-out: 30s"),
    "hand-out over half of the session": _instead("session:", "      session: 1h\n      hand-out: 45m"),
}
# For a missing key, the reported line may be any line of the section that lacks it.
MISSING_FROM = {"missing required key": range(_line("signed-in:"), _line("role:") + 1)}


def with_invalid_lines(*names):
    """The configuration with these errors, and for each error the lines that may be reported."""
    lines = dict(enumerate(VALID.splitlines(), 1))
    added, expected = {}, {}
    for name in names:
        number, text = INVALID_LINES[name]
        lines[number] = text
        added[number] = text.count("\n") if text else 0
        expected[name] = number
    text = "\n".join(lines[number] for number in sorted(lines)) + "\n"

    def moved(number):
        return number + sum(count for line, count in added.items() if line < number)

    def places(name):
        number = expected[name]
        own = range(moved(number), moved(number) + added[number] + 1)
        return {*own, *(moved(line) for line in MISSING_FROM.get(name, ()))}

    return text, {name: places(name) for name in names}
