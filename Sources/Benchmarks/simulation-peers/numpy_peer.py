"""A plain loop in NumPy, without a framework: changes are added up over the rows they touch."""

import time

import numpy

from training import Rotation, ServerAdam, clipped, noise, say, starting_items, starting_users, train


def run(data, rounds, cohort, deviation, path):
    """Trains; returns the item matrix and the user vectors."""
    random = numpy.random.default_rng(4)
    items, users = starting_items(data.item_count), starting_users(len(data))
    optimizer, rotation = ServerAdam(items), Rotation(len(data), cohort)
    say("began", time.time())
    for number in range(rounds):
        total = noise(items.shape, deviation, random)
        loss, examples = 0.0, 0
        for person in rotation.members(number):
            rows, change, users[person], own_loss = train(
                items, users[person], data.training[person], random
            )
            total[rows] += clipped(change)
            loss += own_loss
            examples += len(data.training[person])
        optimizer.step(items, total / numpy.float32(cohort))
        say("round", number + 1, f"{loss / examples:.4f}")
    return items, users
