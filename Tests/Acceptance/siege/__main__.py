# SPDX-License-Identifier: Apache-2.0
"""`python -m siege --seconds 60 [--only NAME] [--markdown]`. Exits with 1 if a bar does not hold."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from harness.purser import binary

from . import table
from .attacks import ALL
from .battle import Siege
from .configuration import long, short


def main():
    arguments = argparse.ArgumentParser(prog="siege", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60.0, help="duration of each attack")
    arguments.add_argument("--only", default="", metavar="TEXT", help="only attacks whose names contain this text")
    arguments.add_argument("--markdown", action="store_true", help="print the table as Markdown at the end")
    arguments.add_argument("--short", action="store_true", help="3 s each, gently, as `make test` does")
    options = arguments.parse_args()
    if not binary().is_file():
        sys.exit("PURSER_BIN must name the built purser")
    siege, outcomes = Siege(short() if options.short else long(options.seconds)), []
    try:
        for attack in ALL:
            if options.only in attack.name:
                directory = Path(tempfile.mkdtemp(prefix="siege-"))
                outcomes.append(siege.run(attack, directory))
                print(table.text(outcomes[-1]), flush=True)
                shutil.rmtree(directory, ignore_errors=True)
    finally:
        siege.stop()
    if options.markdown:
        print(f"\n{table.markdown(outcomes)}")
    sys.exit(any(outcome.failures for outcome in outcomes) or not outcomes)


if __name__ == "__main__":
    main()
