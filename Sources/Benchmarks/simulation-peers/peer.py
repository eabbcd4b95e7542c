"""Runs one peer in this process: `python peer.py NAME DATA ROUNDS COHORT DEVIATION`; `measure.py` starts it.

It prints when the first device began, the mean loss of every round, and the hit rate of the model at the end.
"""

import importlib
import sys

from training import Interactions, hit_rate, say


def main():
    name, path, rounds, cohort, deviation = sys.argv[1:]
    peer = importlib.import_module(f"{name}_peer")
    data = Interactions(path)
    items, users = peer.run(data, int(rounds), int(cohort), float(deviation), path)
    say("hitRate", hit_rate(items, users, data))


if __name__ == "__main__":
    main()
