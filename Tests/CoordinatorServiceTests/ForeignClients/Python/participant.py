"""Takes part in a task's rounds as a device that this project's code is not in, and says in a line of JSON what came
of each round.

    participant.py URL TASK ROUNDS

The device's side of a sum is that of Tests/SecondImplementation, which has to be on the path like the stubs. The
vector that it contributes is made up: it has one coordinate, as long as the sum's clipping norm is.
"""

import hashlib
import json
import random
import sys
import time
import urllib.request

from covey.v1.coordinator_pb2 import CheckInRequest, ListTasksRequest, ReceiveMessageRequest, SubmitMessageRequest
from covey.v1.coordinator_pb2 import TaskStatus
from covey.v1.ledger_pb2 import AGGREGATION_REAL, NOISE_DISCRETE_GAUSSIAN, NOISE_SKELLAM, LedgerEntry

import transparency
from connection import Connection
from device import Driver
from parameters import Plan
from transparency import Unproven

FAMILIES = {NOISE_DISCRETE_GAUSSIAN: "discreteGaussian", NOISE_SKELLAM: "skellam"}
# The step that answers a message of each kind, the field that takes the message, and the one with the answer.
STEPS = {
    2: ("share", "introductions", "shares"),
    4: ("mask", "shares", "masked"),
    6: ("endorse", "survivors", "endorsement"),
    8: ("unmask", "request", "shares"),
}
SHARES = 4


def pause(wait):
    time.sleep(random.uniform(wait.earliest_ms, wait.latest_ms) / 1000)


def read_offer(device, offer):
    """The round's plan, after the checks of the ledger that a device makes."""
    checkpoint = device.see(offer.checkpoint, offer.consistency)
    for inclusion in (offer.task, offer.plan):
        transparency.check_inclusion(inclusion, checkpoint)
    task, plan = LedgerEntry.FromString(offer.task.entry).task, LedgerEntry.FromString(offer.plan.entry).plan
    if offer.task.index >= offer.plan.index or task.name != plan.task or plan.aggregation != AGGREGATION_REAL:
        raise Unproven("the round is not one of its task, or not a masked sum")
    leaf = transparency.leaf_hash(offer.membership.salt + device.identity)
    root = transparency.root_of_inclusion(leaf, offer.membership.place, plan.sum.cohort_size, offer.membership.path)
    if root != plan.cohort:
        raise Unproven("the device is not in the cohort")
    return plan


def request_to_join(device, offer, plan):
    """The parameters of a sum, as device.py takes them."""
    member, total = offer.member, plan.sum
    place = member.device.to_bytes(4, "little") + member.identity + bytes([len(member.path)]) + b"".join(member.path)
    agreed_to = Plan(
        m=total.dimension, d=total.sketch_width or total.dimension, family=FAMILIES[total.noise], n=total.cohort_size,
        u=total.minimum_survivors, b=total.modulus_bits, q=total.noise_components, b0=total.base_units,
        T=total.target_units, e=total.excluded, c=total.clipping_norm, gamma=total.granularity, v=total.unit_variance)
    common = {
        "cohortSize": total.cohort_size, "minimumSurvivors": total.minimum_survivors,
        "modulusBits": total.modulus_bits, "components": total.noise_components, "baseUnits": total.base_units,
        "targetUnits": total.target_units, "excluded": total.excluded,
    }
    agreed = dict(
        common, dimension=total.dimension, encodedDimension=agreed_to.d, noise=agreed_to.family,
        clippingNorm=total.clipping_norm,
        granularity=total.granularity, unitVariance=total.unit_variance)
    return dict(
        common, step="join", session=plan.session.hex(), round=plan.round, rosterRoot=offer.roster_root.hex(),
        purpose=agreed_to.digest().hex(), plan=agreed, vectorLength=agreed_to.d,
        degree=offer.graph.degree, threshold=offer.graph.threshold, window=offer.graph.least_in_window,
        committeeSize=offer.committee.size, quorum=offer.committee.quorum, member=place.hex(),
        identitySeed=device.seed.hex(), ownMinimum=3, assumedCorruptShare=0.05)


def fetch(url, snapshot):
    with urllib.request.urlopen("%s/v1/snapshots/%s" % (url, snapshot.hash.hex())) as answer:
        content = answer.read()
    if hashlib.blake2b(content, digest_size=32).digest() != snapshot.hash or len(content) != snapshot.byte_count:
        raise Unproven("the broadcast is another")


def upload(device, url, address, message):
    """Sends a masked input over HTTP/1.1, with another client."""
    request = urllib.request.Request(
        address if "://" in address else url + address, data=message, method="POST",
        headers=dict(device.headers, **{"content-type": "application/octet-stream"}))
    with urllib.request.urlopen(request) as answer:
        if answer.status != 204:
            raise Unproven("the masked input is answered with %d" % answer.status)


def take_part(device, driver, url, offer):
    """Goes through a round, and returns what it came to."""
    plan = read_offer(device, offer)
    joined = ask(driver, request_to_join(device, offer, plan))
    fetch(url, offer.broadcast)
    message, address = bytes.fromhex(joined["advertisement"]), None
    while True:
        if address is None:
            device.repeat(
                device.calls.submit_message, SubmitMessageRequest(session=plan.session, message=message))
        else:
            upload(device, url, address, message)
        answer = receive(device, plan.session, message[0])
        if answer.WhichOneof("result") == "ended":
            return plan, answer.ended
        received = answer.message.message
        step, field, taken = STEPS[received[0]]
        request = {"step": step, field: received.hex()}
        address = None
        if received[0] == SHARES:
            address = answer.message.upload
            request["vector"] = [plan.sum.clipping_norm] + [0.0] * (plan.sum.dimension - 1)
        message = bytes.fromhex(ask(driver, request)[taken])


def ask(driver, request):
    answer = driver.answer(request)
    if "refused" in answer or "error" in answer:
        raise Unproven("%s: %s" % (request["step"], answer))
    return answer


def receive(device, session, kind):
    while True:
        answer = device.repeat(
            device.calls.receive_message, ReceiveMessageRequest(session=session, after=kind))
        if answer.WhichOneof("result") != "wait":
            return answer
        pause(answer.wait)


def is_over(device, task):
    over = (TaskStatus.STATE_FINISHED, TaskStatus.STATE_FAILED)
    return any(
        status.name == task and status.state in over for status in device.calls.list_tasks(ListTasksRequest()).tasks)


def main():
    _, url, task, rounds = sys.argv
    device, driver, seen = Connection(url), Driver(), set()
    device.enrol()
    while len(seen) < int(rounds) and not is_over(device, task):
        answer = device.repeat(
            device.calls.check_in, CheckInRequest(known_size=device.checkpoint.size))
        if answer.WhichOneof("result") == "wait":
            pause(answer.wait)
            continue
        plan, ended = take_part(device, driver, url, answer.offer)
        seen.add(plan.session)
        print(json.dumps({
            "round": plan.round, "completed": ended.completed, "reason": ended.reason,
            "dimension": plan.sum.dimension, "cohort": plan.sum.cohort_size, "ledger": device.checkpoint.size,
        }), flush=True)


if __name__ == "__main__":
    main()
