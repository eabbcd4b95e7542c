"""Makes the calls of a device and of an auditor, and says in a line of JSON what came of each.

    client.py URL {binary,json} {gzip,identity}

It runs with the packages of requirements.txt, and the stubs (covey/v1) on its path. A call that is to be refused
gives a line with the code. The program ends with status 1 where anything is not as the protocol says.
"""

import json
import sys

from connectrpc.client import ResponseMetadata
from connectrpc.errors import ConnectError
from covey.v1.coordinator_pb2 import (
    CheckInRequest, DescribeRequest, GetCheckpointRequest, GetConsistencyProofRequest, GetInclusionProofRequest,
    GetTaskRequest, ListTasksRequest, ReceiveMessageRequest, SubmitMessageRequest,
)
from covey.v1.ledger_pb2 import LedgerEntry

import transparency
from connection import Connection


def say(step, **fields):
    print(json.dumps(dict(step=step, **fields)), flush=True)


def refused(step, call, *arguments, **more):
    """Makes a call that the coordinator refuses."""
    with ResponseMetadata() as response:
        try:
            call(*arguments, **more)
        except ConnectError as error:
            say(step, refused=error.code.value, message=error.message, status=response.http_status)
            return
    raise SystemExit("%s was not refused" % step)


def enrol(device):
    described = device.describe()
    say("Describe", origin=device.opening.origin, size=device.checkpoint.size, enrolment=described.enrolment)

    wrong = device.proof()
    wrong.signature = bytes(64)
    refused("Enrol with a wrong signature", device.calls.enrol, wrong)
    refused("CheckIn without a token", device.calls.check_in, CheckInRequest())
    first, again = device.enrol(), device.enrol()
    say("Enrol", number=first.number, again=again.number, lasts=first.expires > described.time)


def take_part(device):
    answer = device.calls.check_in(CheckInRequest(known_size=device.checkpoint.size), headers=device.headers)
    say("CheckIn", result=answer.WhichOneof("result"), inOrder=answer.wait.earliest_ms <= answer.wait.latest_ms)
    message = SubmitMessageRequest(session=bytes(32), message=b"\x01")
    refused("SubmitMessage of an unknown round", device.calls.submit_message, message, headers=device.headers)
    ended = device.calls.receive_message(
        ReceiveMessageRequest(session=bytes(32), after=1), headers=device.headers)
    say("ReceiveMessage of an unknown round", result=ended.WhichOneof("result"))


def audit(device):
    calls = device.calls
    say("GetCheckpoint", size=device.see(calls.get_checkpoint(GetCheckpointRequest()).checkpoint).size)

    proven = calls.get_inclusion_proof(GetInclusionProofRequest(index=0))
    checkpoint = device.see(proven.checkpoint)
    transparency.check_inclusion(proven.inclusion, checkpoint)
    opening = LedgerEntry.FromString(proven.inclusion.entry).opening
    say("GetInclusionProof", isOpening=opening == device.opening, hashes=len(proven.inclusion.path))

    # The newest entry is a long one, which is compressed on the way.
    later = calls.get_inclusion_proof(GetInclusionProofRequest(index=checkpoint.size - 1))
    transparency.check_inclusion(later.inclusion, device.see(later.checkpoint))
    newest = LedgerEntry.FromString(later.inclusion.entry)
    say("GetInclusionProof of the newest", content=newest.WhichOneof("content"), characters=len(newest.statement.text))

    # Of the ledger of one entry, everybody knows the root.
    root = transparency.leaf_hash(proven.inclusion.entry)
    for old_size, old_root in ((1, root), (checkpoint.size, checkpoint.root)):
        answer = calls.get_consistency_proof(
            GetConsistencyProofRequest(**{"from": old_size, "to": checkpoint.size}))
        transparency.check_consistency(old_size, old_root, checkpoint.size, checkpoint.root, answer.proof)
        say("GetConsistencyProof", old=old_size, new=checkpoint.size, hashes=len(answer.proof))


def read_tasks(device):
    tasks = device.calls.list_tasks(ListTasksRequest()).tasks
    say("ListTasks", names=[task.name for task in tasks], devices=[task.devices for task in tasks])
    scenario = device.calls.get_task(GetTaskRequest(name=tasks[0].name)).scenario
    say("GetTask", isScenario="algorithm:" in scenario)
    refused("GetTask of no task", device.calls.get_task, GetTaskRequest(name="none"))


def be_newer(device):
    """Fields of a later version are passed over. JSON has no place for them in a message of this one."""
    described = device.calls.describe(DescribeRequest.FromString(b"\xc2\x3e\x05later"))
    say("Describe with an unknown field", isAnswered=bool(described.challenge))


def main():
    _, url, codec, compression = sys.argv
    device = Connection(url, codec, compression == "gzip")
    for part in (enrol, take_part, audit, read_tasks, be_newer):
        part(device)
    refused("Describe by GET", device.calls.describe, DescribeRequest(), use_get=True)


if __name__ == "__main__":
    main()
