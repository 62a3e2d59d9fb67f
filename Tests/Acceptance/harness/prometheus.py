"""Single values of a metrics page."""


def value(purser, name, **labels):
    """The value of one line; its labels are those given, in any order."""
    wanted = {f'{label}="{content}"' for label, content in labels.items()}
    found = []
    for line in purser.probe("/metrics").text.splitlines():
        head, _, number = line.rpartition(" ")
        metric, _, rest = head.partition("{")
        if metric == name and set(filter(None, rest.removesuffix("}").split(","))) == wanted:
            found.append(float(number))
    assert len(found) == 1, f"{name} {labels}: {len(found)} lines"
    return found[0]
