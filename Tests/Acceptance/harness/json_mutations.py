# SPDX-License-Identifier: Apache-2.0
"""JSON that parsers read differently: an object in an unusual form, with the same meaning, another one or none."""

import json


def odd_json(make, members):
    """`members`, which are a complete header or set of claims, serialized in one unusual form."""
    return make.pick(*WAYS)(make, members)


def _text(members):
    return json.dumps(members, separators=(",", ":"))


def _member_added(*written):
    """Adds members, in the given text form, at the beginning or the end."""

    def write(make, members):
        text, member = _text(members)[1:-1], make.pick(*written)
        return f"{{{text},{member}}}" if make.chance() else f"{{{member},{text}}}"

    return write


def _member_repeated(make, members):
    """Repeats a member, by its plain or escaped name, with the same or another value."""
    name = make.pick(*members)
    spelled = make.pick(name, f"\\u{ord(name[0]):04x}{name[1:]}", f"{name[:-1]}\\u{ord(name[-1]):04X}")
    value = make.pick(members[name], members[name], "another", None, 2**31)
    return _member_added(f'"{spelled}":{json.dumps(value)}')(make, members)


def _repeated_inside(make, members):
    return _member_added('"deep":{"a":[{"b":1,"b":1}]}', '"deep":{"\\u0061":1,"a":2}')(make, members)


def _deep(make, members):
    """Nesting around the limit of 32 levels, of which the object is the first, and some far beyond."""
    levels = make.pick(29, 30, 31, 32, 33, 60, 1500)
    opening, closing = make.pick(("[", "]"), ('{"a":', "}"))
    return _member_added(f'"deep":{opening * levels}{"1" if opening != "[" else ""}{closing * levels}')(make, members)


def _another_encoding(make, members):
    encoding = make.pick("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")
    text = json.dumps(members | {"more": "é"}, ensure_ascii=False)
    return text.encode(encoding)


def _bad_bytes(make, members):
    bad = bytes.fromhex(make.pick("ff", "c0af", "eda080", "f4908080", "e282", "00", "1f", "f08080af"))
    return _text(members).encode()[:-1] + b',"more":"' + bad + b'"}'


def _spaced(make, members):
    space = make.pick(" ", "\n", "\t", "\r", "\f", "\v", "\u00a0", "\u2028", "\ufeff", "\0", "//\n", "/**/")
    text = json.dumps(members, indent=1).replace("\n", space)
    return make.pick(space + text, text + space, text)


def _ended_otherwise(make, members):
    text = _text(members)
    cut = text[: make.random.randrange(1, len(text))]
    return make.pick(
        cut, cut, text[:-1] + ",}", f"[{text}]", *(text + more for more in ("}", ",", "null", " {}", text))
    )


def _another_value(make, _):
    return make.pick("", *'null [] {} true "text" 7 [[]] { alg {"alg"} {alg:1} "alg" ["alg"]'.split())


def _escaped(make, members):
    """All strings in Unicode escapes, with the same meaning."""
    return "{" + ",".join(f"{_escapes(name)}:{_written(value)}" for name, value in members.items()) + "}"


def _written(value):
    return _escapes(value) if isinstance(value, str) else json.dumps(value)


def _escapes(text):
    return '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"'


# One kind per line.
ODD_MEMBERS = (
    '"more":NaN "more":Infinity "more":[-Infinity] "more":nan "more":undefined',
    r'"more":"\ud800" "\udfff":1 "more":"\ude00\ud83d" "more":"\ud83d\ude00" "more":"\ud83dx"',
    r'"more":"\u0000" "a\u0000b":1 "\u0000":1',
    '"more":01 "more":+1 "more":.5 "more":1. "more":- "more":1e "more":0x10 "more":1_0',
    '"more":9223372036854775807 "more":9223372036854775808 "more":-9223372036854775808 "more":-9223372036854775809',
    '"more":1e400 "more":-1e400 "more":1e-400 "more":-0 "more":1E+2 "more":1E0400 "more":10e307 "more":1e308',
    r""""more":"\x41" "more":"\u12" "more":"a\" 'more':1 "more":'x' "more"::1 "more":"\/" "":"" "":{"":{}}""",
    '"__proto__":{} "ALG":"none" "Iss":"x" "constructor":1 "aud\u0301":"x" "i\u017fs":"x"',
)
WAYS = (
    _member_repeated,
    _member_repeated,
    _repeated_inside,
    _deep,
    _another_encoding,
    _bad_bytes,
    _spaced,
    _ended_otherwise,
    _another_value,
    _escaped,
    *(_member_added(*written.split()) for written in ODD_MEMBERS),
    _member_added(f'"more":{"9" * 5000}', f'"more":0.{"3" * 500}', f'"{"n" * 300}":1', '"more":"\t"', '"more" 1'),
)
