"""Trains the same model on the same data with Covey, pfl-research, Flower and a loop in NumPy, one after the other.

Run as `python measure.py --covey PROGRAM --data FILE`, where FILE is what `Benchmarks training --export` writes;
`scripts/simulation-peers` sees to that. Every program runs alone in its own process, and all are measured alike from
outside, over the process and all that descend from it:

- updates: devices trained per second of processor time, from the end of the first round, in which frameworks warm up,
  to the end of the last one, or, as Covey ranks for everybody in that, of the one before it.
- start: seconds from starting the process until its first device trains; for Covey, until the first round is over.
- memory: the largest sum of proportional set sizes seen ten times a second (shared pages count once), or the largest
  resident set of one process, whichever is more.

Covey's threads, NumPy's and PyTorch's are limited to one; Flower has Ray's workers on all cores. Noise in the sum has
the deviation that Covey's run had. The hit rate among 100, 10 being shown, tells that real work was done: 0.1 is
chance. The peers' is of 2,000 people, Covey's of all; Flower's user vectors stay with its devices, and are fitted anew.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from settings import scenario

# Rounds in cohorts of 100 and of 1,000: as many for Flower as one can wait for, and for the others the same number,
# so that equal hit rates say that they do the same work.
ROUNDS = {
    "covey": {100: 300, 1000: 60},
    "numpy": {100: 300, 1000: 60},
    "pfl": {100: 300, 1000: 60},
    "flower": {100: 12, 1000: 3},
}
TITLES = {"covey": "Covey", "numpy": "NumPy loop", "pfl": "pfl-research", "flower": "Flower"}


def family(process):
    """The process and its descendants."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(process):
    """Processor time of the process, its descendants and those of them that have ended."""
    total = 0.0
    for member in family(process):
        try:
            total += sum(member.cpu_times()[:4])
        except psutil.NoSuchProcess:
            pass
    return total


class MemoryWatch(threading.Thread):
    """Looks at the memory of a family of processes until it is told to stop."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.peak, self.done = process, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.1):
            sizes = 0
            for member in family(self.process):
                try:
                    sizes += member.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                    pass
            self.peak = max(self.peak, sizes)


def observe(command, counted, cohort, pattern, log):
    """Runs a command whose lines tell of finished rounds by `pattern`, up to round `counted`.

    Returns what was measured, and the lines.
    """
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    with open(log, "w") as errors:
        launched = time.time()
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors if pattern is PEER_ROUND else subprocess.STDOUT,
            env=environment, text=True,
        )
        process = psutil.Process(child.pid)
        watch = MemoryWatch(process)
        watch.start()
        lines, cpu, began = [], {}, None
        for line in child.stdout:
            lines.append(line)
            if match := pattern.match(line):
                number = int(match[1])
                if number in (1, counted):
                    cpu[number] = cpu_seconds(process)
                began = began or time.time()
            elif line.startswith("began "):
                began = float(line.split()[1])
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.done.set()
        watch.join()
    if child.returncode != 0 or set(cpu) != {1, counted}:
        sys.exit(f"{command[0]} failed:\n" + "".join(lines[-20:]) + Path(log).read_text()[-2000:])
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "updatesPerCPUSecond": cohort * (counted - 1) / (cpu[counted] - cpu[1]),
        "startSeconds": began - launched,
        "peakMemoryBytes": max(watch.peak, usage.ru_maxrss * unit),
    }, lines


COVEY_ROUND = re.compile(r"round (\d+)/")
PEER_ROUND = re.compile(r"round (\d+) ")


def measure_covey(program, data, rounds, cohort, folder):
    """Covey's figures, with the deviation of the noise in its sums."""
    output = f"{folder}/covey-{cohort}"
    settings = [f"--set={key}={value}" for key, value in scenario(data, rounds, cohort).items()]
    command = [program, "simulate", *settings, "--output", output, "--json"]
    result, lines = observe(command, rounds - 1, cohort, COVEY_ROUND, f"{folder}/covey.log")
    own = json.loads("".join(lines[next(i for i, line in enumerate(lines) if line.startswith("{")) :]))
    with open(f"{output}/metrics.jsonl") as metrics:
        deviation = json.loads(metrics.readline())["noiseStandardDeviation"]
    result["ownUpdatesPerCPUSecond"] = own["training"]["updatesPerCPUSecond"]
    result["hitRate"] = own["quality"]["private"]["hr@10"]
    return result, deviation


def measure_peer(name, data, rounds, cohort, deviation, folder):
    """A peer's figures, with the mean loss of the first round and of the last."""
    program = str(Path(__file__).with_name("peer.py"))
    command = [sys.executable, "-W", "ignore", program, name, data, str(rounds), str(cohort), str(deviation)]
    result, lines = observe(command, rounds, cohort, PEER_ROUND, f"{folder}/{name}.log")
    losses = [float(line.split()[2]) for line in lines if PEER_ROUND.match(line)]
    result["losses"] = [losses[0], losses[-1]]
    result["hitRate"] = next(float(line.split()[1]) for line in lines if line.startswith("hitRate "))
    return result


def main():
    parser = argparse.ArgumentParser(description="Measures Covey's simulation beside those that others use.")
    parser.add_argument("--covey", required=True, help="the program `covey`")
    parser.add_argument("--data", required=True, help="what `Benchmarks training --export` wrote")
    parser.add_argument("--cohorts", type=int, nargs="+", choices=[100, 1000], default=[100, 1000])
    parser.add_argument("--peers", nargs="*", choices=["numpy", "pfl", "flower"], default=["numpy", "pfl", "flower"])
    parser.add_argument("--rounds", type=int, help="rounds of every program, at least 3; a choice for each without")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    arguments = parser.parse_args()
    if arguments.rounds is not None and arguments.rounds < 3:
        parser.error("--rounds: the first and the last do not count everywhere, so that 3 are the fewest")
    data = os.path.abspath(arguments.data)
    if not arguments.json:
        print("program      cohort  updates/s   ratio  start s   ratio peak MB   ratio hit rate    loss from, to")
    with tempfile.TemporaryDirectory() as folder:
        for cohort in arguments.cohorts:
            rounds = {name: arguments.rounds or choice[cohort] for name, choice in ROUNDS.items()}
            covey, deviation = measure_covey(arguments.covey, data, rounds["covey"], cohort, folder)
            show("covey", cohort, rounds["covey"], covey, covey, arguments.json)
            for name in arguments.peers:
                result = measure_peer(name, data, rounds[name], cohort, deviation, folder)
                show(name, cohort, rounds[name], result, covey, arguments.json)


def show(name, cohort, rounds, result, covey, as_json):
    """Prints one program's figures, and how many times Covey is better."""
    ratios = {
        "updates": covey["updatesPerCPUSecond"] / result["updatesPerCPUSecond"],
        "start": result["startSeconds"] / covey["startSeconds"],
        "memory": result["peakMemoryBytes"] / covey["peakMemoryBytes"],
    }
    if as_json:
        print(json.dumps({"program": name, "cohort": cohort, "rounds": rounds, **result, "ratios": ratios}), flush=True)
        return
    losses = "".join(f"{loss:8.3f}" for loss in result.get("losses", []))
    print(
        f"{TITLES[name]:13}{cohort:6}{result['updatesPerCPUSecond']:12.0f}{ratios['updates']:8.1f}"
        f"{result['startSeconds']:9.2f}{ratios['start']:8.1f}"
        f"{result['peakMemoryBytes'] / 1e6:8.0f}{ratios['memory']:8.1f}{result['hitRate']:9.3f}{losses}",
        flush=True,
    )


if __name__ == "__main__":
    main()
