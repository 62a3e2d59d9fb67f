# SPDX-License-Identifier: Apache-2.0
"""The table of a siege."""

_HEADER = [
    "attack",
    "attacker sent",
    "attacker got",
    "ordinary clients: 200",
    "others",
    "slowest (s)",
    "memory before / highest / after (MiB)",
    "connections left",
    "shutdown (s)",
    "bars",
]


def row(outcome):
    attacker = dict(outcome.attacker)
    sent = attacker.pop("sent", 0)
    good = sum(number for key, number in outcome.ordinary.items() if key.endswith(": 200"))
    others = {key: number for key, number in outcome.ordinary.items() if not key.endswith(": 200")}
    return [
        outcome.name,
        str(sent),
        _counts(attacker),
        f"{good} of {sum(outcome.ordinary.values())}",
        _counts(others),
        f"{outcome.slowest:.2f}",
        " / ".join(str(size >> 20) for size in outcome.memory),
        "–" if outcome.left is None else str(outcome.left),
        "–" if outcome.shutdown is None else f"{outcome.shutdown:.1f}",
        "; ".join(outcome.failures) or "hold",
    ]


def markdown(outcomes):
    rows = [_HEADER, ["---"] * len(_HEADER), *(row(outcome) for outcome in outcomes)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def text(outcome):
    """The same for one attack, for a terminal."""
    cells = row(outcome)
    return "\n".join([cells[0], *(f"    {name}: {cell}" for name, cell in zip(_HEADER[1:], cells[1:], strict=True))])


def _counts(counts):
    return ", ".join(f"{key}: {number}" for key, number in sorted(counts.items(), key=str)) or "–"
