"""Stories that mostly wait are told at the same time, each with parts of its own, and judged one by one."""

import threading


def together(stories, within=90.0):
    """Runs each of the functions in a thread. Answers, by the same names, what each returned or raised."""
    outcomes = {name: TimeoutError(f"{name} did not end") for name in stories}

    def tell(name, story):
        try:
            outcomes[name] = story()
        except BaseException as error:
            outcomes[name] = error

    threads = [threading.Thread(target=tell, args=pair, daemon=True) for pair in stories.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within)
    return outcomes


def outcome(result):
    """The result, or the failure in the test that it belongs to."""
    if isinstance(result, BaseException):
        raise result
    return result
