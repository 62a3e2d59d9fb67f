# SPDX-License-Identifier: Apache-2.0
"""Runs cases that mostly wait in parallel, each with separate components; tests then assert each result."""

import threading


def run_in_parallel(functions, within=90.0):
    """Runs each function in a thread. Returns, by the same names, what each returned or raised."""
    outcomes = {name: TimeoutError(f"{name} did not end") for name in functions}

    def run(name, function):
        try:
            outcomes[name] = function()
        except BaseException as error:
            outcomes[name] = error

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in functions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within)
    return outcomes


def outcome(result):
    """Returns the result of a case, or raises its error in the test of that case."""
    if isinstance(result, BaseException):
        raise result
    return result
