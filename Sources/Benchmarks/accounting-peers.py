"""Times the privacy accountants that others use, for comparison with the one in DifferentialPrivacy.

Run as `python accounting-peers.py` where dp-accounting and prv-accountant are installed; `scripts/accounting-peers`
sees to that. For every measurement one line of JSON comes out: case, library with its settings, epsilon and seconds.
Only the computation is timed, not the imports. Every epsilon is at delta 1e-6, for adding or removing one person.

- steps: 10,000 equal steps of the Gaussian mechanism with Poisson sampling, q = 0.01, sigma = 1.
- rounds: 1,000 rounds, each with its own q and sigma. They take minutes and are left out without `--slow`.
- calibration: the sigma at which 1,000 steps with q = 0.01 reach epsilon = 2, to within 1e-6, sought between
  0.5 and 10; epsilon is then the one at the sigma found.

For prv-accountant, which gives bounds, epsilon is the upper one, and its estimate is printed beside it.
"""

import argparse
import json
import time
import warnings

import dp_accounting
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant
from prv_accountant import PoissonSubsampledGaussianMechanism, PRVAccountant

DELTA = 1e-6


def steps(sampling_probability, sigma, count):
    """`count` equal steps of the Gaussian mechanism with Poisson sampling."""
    return dp_accounting.SelfComposedDpEvent(round_of(sampling_probability, sigma), count)


def round_of(sampling_probability, sigma):
    """One step of the Gaussian mechanism with Poisson sampling."""
    return dp_accounting.PoissonSampledDpEvent(sampling_probability, dp_accounting.GaussianDpEvent(sigma))


def different_rounds():
    """1,000 rounds, each with its own sampling probability and noise."""
    return dp_accounting.ComposedDpEvent([round_of(0.005 + 0.00001 * i, 0.8 + 0.001 * i) for i in range(1000)])


def pld(interval):
    """What makes a PLD accountant for adding or removing one, with losses in multiples of `interval`."""
    return lambda: PLDAccountant(value_discretization_interval=interval)


def epsilon(make_accountant, event):
    """The epsilon of `event` according to a fresh accountant of dp-accounting."""
    return {"epsilon": make_accountant().compose(event).get_epsilon(DELTA)}


def prv_steps(sampling_probability, sigma, count, epsilon_error):
    """The epsilon of `count` equal steps according to prv-accountant."""
    accountant = PRVAccountant(
        prvs=PoissonSubsampledGaussianMechanism(sampling_probability=sampling_probability, noise_multiplier=sigma),
        max_self_compositions=count,
        eps_error=epsilon_error,
        delta_error=DELTA / 1000,
    )
    _, estimate, upper = accountant.compute_epsilon(delta=DELTA, num_self_compositions=count)
    return {"epsilon": upper, "estimate": estimate}


def calibration(make_accountant):
    """The sigma at which 1,000 steps reach epsilon = 2, and the epsilon there."""
    sigma = dp_accounting.calibrate_dp_mechanism(
        make_accountant,
        lambda sigma: steps(0.01, sigma, 1000),
        target_epsilon=2,
        target_delta=DELTA,
        bracket_interval=dp_accounting.ExplicitBracketInterval(0.5, 10),
        tol=1e-6,
    )
    return {"sigma": sigma}


# Case, library, whether it takes minutes, what is timed.
MEASUREMENTS = [
    ("steps", "dp-accounting PLD 1e-4", False, lambda: epsilon(pld(1e-4), steps(0.01, 1, 10_000))),
    ("steps", "dp-accounting PLD 1e-5", False, lambda: epsilon(pld(1e-5), steps(0.01, 1, 10_000))),
    ("steps", "dp-accounting RDP", False, lambda: epsilon(RdpAccountant, steps(0.01, 1, 10_000))),
    ("steps", "prv-accountant 0.1", False, lambda: prv_steps(0.01, 1, 10_000, 0.1)),
    ("steps", "prv-accountant 0.01", False, lambda: prv_steps(0.01, 1, 10_000, 0.01)),
    ("rounds", "dp-accounting RDP", True, lambda: epsilon(RdpAccountant, different_rounds())),
    ("rounds", "dp-accounting PLD 1e-3", True, lambda: epsilon(pld(1e-3), different_rounds())),
    ("calibration", "dp-accounting RDP", False, lambda: calibration(RdpAccountant)),
    ("calibration", "dp-accounting PLD 1e-4", False, lambda: calibration(pld(1e-4))),
]

# What a calibrated sigma is checked with once the time has been taken.
CALIBRATED = {"dp-accounting RDP": RdpAccountant, "dp-accounting PLD 1e-4": pld(1e-4)}


def main():
    parser = argparse.ArgumentParser(description="Times the privacy accountants that others use.")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    parser.add_argument("--case", choices=sorted({case for case, _, _, _ in MEASUREMENTS}), help="only this case")
    parser.add_argument("--library", default="", help="only libraries whose name starts so, as 'dp-accounting RDP'")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    for case, library, slow, measured in MEASUREMENTS:
        if slow and not arguments.slow or arguments.case not in (None, case):
            continue
        if not library.startswith(arguments.library):
            continue
        start = time.perf_counter()
        result = measured()
        seconds = time.perf_counter() - start
        if "sigma" in result:
            result |= epsilon(CALIBRATED[library], steps(0.01, result["sigma"], 1000))
        result = {name: float(value) for name, value in result.items()}
        print(json.dumps({"case": case, "library": library, **result, "seconds": round(seconds, 4)}), flush=True)


if __name__ == "__main__":
    main()
