# SPDX-License-Identifier: Apache-2.0
"""Valid tokens changed without a key. Each function takes a random source and a list of valid tokens."""

import json
import string
from base64 import urlsafe_b64decode

from .tokens import base64url

URL_SAFE = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"  # in the order of their values
# All characters that a header field value may contain.
VISIBLE = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x100))))
HEADER, PAYLOAD, SIGNATURE = range(3)


def opened(part):
    """The decoded bytes of a part, whose length must be valid."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _with(index, change):
    """A mutation of the text of one part."""

    def mutate(random, tokens):
        parts = random.choice(tokens).split(".")
        parts[index] = change(random, parts[index])
        return ".".join(parts)

    return mutate


def _bit_flipped(random, part):
    decoded = bytearray(opened(part))
    decoded[random.randrange(len(decoded))] ^= 1 << random.randrange(8)
    return base64url(decoded)


def _case_changed(random, part):
    where = random.choice([index for index, character in enumerate(part) if character.isalpha()])
    return part[:where] + part[where].swapcase() + part[where + 1 :]


def _tail_bits_set(random, part):
    """Decodes to the same bytes in a lenient decoder, if the part has spare bits."""
    spare = {2: 4, 3: 2}.get(len(part) % 4, 0)
    return part[:-1] + URL_SAFE[URL_SAFE.index(part[-1]) | random.randrange(1 << spare)]


def _inserted(characters):
    def change(random, part):
        where = random.randrange(1, len(part))
        return part[:where] + random.choice(characters) + part[where:]

    return change


def _written_anew(random, part):
    """The same JSON serialized differently, under the old signature."""
    members = list(json.loads(opened(part)).items())
    random.shuffle(members)
    return base64url(json.dumps(dict(members), indent=random.choice((None, 1, "\t"))).encode())


def _length_changed(random, part):
    keep = random.randrange(len(part))
    return random.choice((part[:keep], part[keep:], part + part[:keep], base64url(b"\0" + opened(part))))


def _standard_alphabet(random, part):
    """The part in standard base64; without - and _ in it, with one character of that alphabet only."""
    standard = part.replace("-", "+").replace("_", "/")
    where = random.randrange(len(part))
    return standard if standard != part else part[:where] + random.choice("+/") + part[where + 1 :]


def _of_another(index):
    def mutate(random, tokens):
        (*parts,), others = random.choice(tokens).split("."), random.choice(tokens).split(".")
        parts[index] = others[index]
        return ".".join(parts)

    return mutate


def _parts_moved(random, tokens):
    parts = random.choice(tokens).split(".")
    random.shuffle(parts)
    return ".".join(parts)


def _parts_counted_wrong(random, tokens):
    parts = random.choice(tokens).split(".")
    where = random.randrange(len(parts))
    before, after = parts[:where], parts[where:]
    more = [*before, random.choice(("", "e30", parts[0])), *after]
    return ".".join(random.choice((more, more + ["e30"], before + after[1:], before + ["", *after[1:]])))


def _each_part(name, change):
    return {f"{name}, {part}": _with(index, change) for index, part in enumerate(("header", "payload", "signature"))}


TAMPERINGS = {
    **_each_part("a bit flipped", _bit_flipped),
    **_each_part("the case of a letter", _case_changed),
    **_each_part("tail bits", _tail_bits_set),
    **_each_part("padding", lambda random, part: part + "=" * random.randint(1, 3)),
    **_each_part("a character too many", _inserted(URL_SAFE)),
    **_each_part("a foreign character", _inserted(VISIBLE)),
    **_each_part("the standard alphabet", _standard_alphabet),
    **_each_part("another length", _length_changed),
    **_each_part("encoded twice", lambda _, part: base64url(part.encode())),
    **{f"another token's part {index}": _of_another(index) for index in (HEADER, PAYLOAD, SIGNATURE)},
    "header written anew": _with(HEADER, _written_anew),
    "payload written anew": _with(PAYLOAD, _written_anew),
    "parts moved": _parts_moved,
    "parts counted wrong": _parts_counted_wrong,
}
