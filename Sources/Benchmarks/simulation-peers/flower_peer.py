"""Flower: a ClientApp whose state holds the user vector, and a strategy that sums, noises and takes a step of Adam.

Devices train with NumPy, which spares Ray's workers from loading PyTorch; what remains is Flower's and Ray's own.
Flower's wrapper for central privacy adds noise to what the wrapped strategy returns, which after FedAdam would be the
model and not the sum; the strategy here therefore adds it itself.
"""

import functools
import logging
import os
import time

os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import numpy
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

from training import Interactions, Rotation, ServerAdam, clipped, noise, say, starting_items, starting_users, train


@functools.cache
def device_data(path):
    """The data as a worker process reads them, once, with the user vectors that devices begin with."""
    data = Interactions(path)
    return data, starting_users(len(data))


client_app = ClientApp()


@client_app.train()
def train_device(message, context):
    """One device's part of a round."""
    began = time.time()
    data, users = device_data(message.content["config"]["data"])
    person = int(context.node_config["partition-id"])
    if "user" in context.state:
        user = context.state["user"]["user"].numpy()
    else:
        user = users[person]
    items = message.content["arrays"]["items"].numpy()
    random = numpy.random.default_rng([int(message.content["config"]["server-round"]), person])
    rows, change, user, loss = train(items, user, data.training[person], random)
    context.state["user"] = ArrayRecord({"user": Array(user)})
    whole = numpy.zeros_like(items)
    whole[rows] = clipped(change)
    content = {
        "arrays": ArrayRecord({"items": Array(whole)}),
        "metrics": MetricRecord({"loss": loss, "num-examples": len(data.training[person]), "began": began}),
    }
    return Message(content=RecordDict(content), reply_to=message)


class PrivateFedAdam(FedAvg):
    """Rotating cohorts, a noisy sum of the changes, and Adam on its mean."""

    def __init__(self, population, cohort, deviation, items):
        super().__init__(fraction_evaluate=0, min_train_nodes=cohort, min_available_nodes=population)
        self.population, self.cohort, self.deviation = population, cohort, deviation
        self.rotation = Rotation(population, cohort)
        self.items, self.optimizer = items, ServerAdam(items)
        self.random = numpy.random.default_rng(4)

    def configure_train(self, server_round, arrays, config, grid):
        """Messages to the cohort of the round."""
        while len(nodes := sorted(grid.get_node_ids())) < self.population:
            time.sleep(0.1)
        config["server-round"] = server_round
        members = [nodes[number] for number in self.rotation.members(server_round - 1)]
        return self._construct_messages(
            RecordDict({"arrays": arrays, "config": config}), members, MessageType.TRAIN
        )

    def aggregate_train(self, server_round, replies):
        """The model after the round."""
        replies, _ = self._check_and_log_replies(replies, is_train=True)
        if len(replies) < self.cohort:
            raise RuntimeError(f"{self.cohort - len(replies)} devices failed in round {server_round}")
        total = noise(self.items.shape, self.deviation, self.random)
        for reply in replies:
            total += reply.content["arrays"]["items"].numpy()
        self.optimizer.step(self.items, total / numpy.float32(self.cohort))
        metrics = [reply.content["metrics"] for reply in replies]
        if server_round == 1:
            say("began", min(metric["began"] for metric in metrics))
        loss = sum(metric["loss"] for metric in metrics) / sum(metric["num-examples"] for metric in metrics)
        say("round", server_round, f"{loss:.4f}")
        return ArrayRecord({"items": Array(self.items)}), None


def run(data, rounds, cohort, deviation, path):
    """Trains; returns the item matrix, and the user vectors as they were before: the others stay on the devices."""
    logging.getLogger("flwr").setLevel(logging.WARNING)
    items = starting_items(data.item_count)
    server_app = ServerApp()

    @server_app.main()
    def main(grid, context):
        PrivateFedAdam(len(data), cohort, deviation, items).start(
            grid=grid,
            initial_arrays=ArrayRecord({"items": Array(items.copy())}),
            num_rounds=rounds,
            train_config=ConfigRecord({"data": path}),
        )

    run_simulation(
        server_app=server_app,
        client_app=client_app,
        num_supernodes=len(data),
        backend_config={"client_resources": {"num_cpus": 1, "num_gpus": 0.0}},
    )
    return items, starting_users(len(data))
