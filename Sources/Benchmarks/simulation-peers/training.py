"""What the peers share: the data, a device's training in NumPy, the server's optimiser, and a check of the result."""

import numpy

from settings import (
    BATCH,
    BETA1,
    BETA2,
    CLIPPING_NORM,
    DIMENSIONS,
    INITIAL_SCALE,
    ITEM_RATE,
    NEGATIVES,
    RANKING_EPOCHS,
    SERVER_RATE,
    TAU,
    USER_DECAY,
    USER_RATE,
)

# More attempts than this are not made to draw an item that a person did not meet.
ATTEMPTS = 16


class Interactions:
    """An exported file: each person's items in order of time, the last two kept from training as Covey keeps them."""

    def __init__(self, path):
        table = numpy.loadtxt(path, dtype=numpy.int64, delimiter="\t", skiprows=1, usecols=(0, 1))
        people, items = table[:, 0], table[:, 1].astype(numpy.int32)
        self.item_count = int(items.max()) + 1
        self.histories = numpy.split(items, numpy.flatnonzero(numpy.diff(people)) + 1)
        self.training = [history[:-2] if len(history) > 2 else history[:1] for history in self.histories]

    def __len__(self):
        return len(self.training)


def starting_items(count):
    """The item matrix before training."""
    random = numpy.random.default_rng(0)
    return INITIAL_SCALE * random.standard_normal((count, DIMENSIONS), dtype=numpy.float32)


def starting_users(count):
    """A row for each person's vector before training."""
    random = numpy.random.default_rng(1)
    return INITIAL_SCALE * random.standard_normal((count, DIMENSIONS), dtype=numpy.float32)


def draw(positives, item_count, random):
    """Shuffled positives, one a row, each followed by items drawn uniformly among those the person did not meet."""
    known = numpy.zeros(item_count, dtype=bool)
    known[positives] = True
    candidates = numpy.empty((len(positives), NEGATIVES + 1), dtype=numpy.int64)
    candidates[:, 0] = random.permutation(positives)
    drawn = random.integers(0, item_count, (len(positives), NEGATIVES))
    for _ in range(ATTEMPTS):
        bad = known[drawn]
        count = numpy.count_nonzero(bad)
        if count == 0:
            break
        drawn[bad] = random.integers(0, item_count, count)
    candidates[:, 1:] = drawn
    return candidates


def train(items, user, positives, random, item_rate=ITEM_RATE):
    """One epoch on a device.

    Returns the touched rows, by how much they changed, the user vector and the loss summed over examples.
    """
    candidates = draw(positives, len(items), random)
    rows, slots = numpy.unique(candidates, return_inverse=True)
    slots = slots.reshape(candidates.shape)
    local = items[rows]
    loss = 0.0
    for start in range(0, len(positives), BATCH):
        batch = slots[start : start + BATCH]
        compared = local[batch]
        scores = compared @ user
        scores -= scores.max(axis=1, keepdims=True)
        shares = numpy.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        loss -= float(numpy.log(shares[:, 0]).sum())
        shares[:, 0] -= 1
        gradient = shares.ravel() @ compared.reshape(-1, DIMENSIONS)
        if item_rate != 0:
            # A row's gradient is the user vector times the sum of its derivatives.
            sums = numpy.bincount(batch.ravel(), shares.ravel(), len(rows)).astype(numpy.float32)
            local -= numpy.outer(item_rate * sums, user)
        user = user - USER_RATE * (gradient + USER_DECAY * user)
    return rows, local - items[rows], user, loss


def clipped(change):
    """The change, scaled to the clipping norm if it is longer."""
    norm = float(numpy.linalg.norm(change))
    return change * numpy.float32(CLIPPING_NORM / norm) if norm > CLIPPING_NORM else change


class ServerAdam:
    """The server's optimiser on NumPy arrays, which takes in the noisy mean of a round's changes."""

    def __init__(self, like):
        self.first = numpy.zeros_like(like)
        self.second = numpy.zeros_like(like)

    def step(self, items, change):
        """Moves the items in place."""
        self.first += numpy.float32(1 - BETA1) * (change - self.first)
        self.second += numpy.float32(1 - BETA2) * (change * change - self.second)
        items += numpy.float32(SERVER_RATE) * self.first / (numpy.sqrt(self.second) + numpy.float32(TAU))


def noise(shape, deviation, random):
    """Gaussian noise for a sum."""
    return numpy.float32(deviation) * random.standard_normal(shape, dtype=numpy.float32)


class Rotation:
    """Cohorts that go round a shuffled population, so that each person comes once before anybody comes again."""

    def __init__(self, population, cohort):
        self.order = numpy.random.default_rng(2).permutation(population)
        self.cohort = cohort

    def members(self, round_number):
        """The cohort of a round, from 0."""
        start = round_number * self.cohort
        return self.order[numpy.arange(start, start + self.cohort) % len(self.order)]


def hit_rate(items, users, data, people=2000):
    """How often the last item is among the best 10 of itself and 99 unseen items, over some people.

    As Covey does, the user vector is first fitted to what the person did before, the item matrix staying as it is.
    """
    random = numpy.random.default_rng(3)
    hits = []
    for person in random.permutation(len(data))[:people]:
        history, test = data.histories[person][:-1], data.histories[person][-1]
        if len(history) == 0:
            continue
        user = users[person]
        for _ in range(RANKING_EPOCHS):
            user = train(items, user, history, random, item_rate=0)[2]
        unseen = numpy.setdiff1d(numpy.arange(len(items)), numpy.append(history, test))
        others = items[random.choice(unseen, 99, replace=False)] @ user
        hits.append(numpy.count_nonzero(others >= items[test] @ user) < 10)
    return float(numpy.mean(hits))


def say(word, *values):
    """Tells whoever measures this process how far it is."""
    print(word, *values, flush=True)
