"""What is trained, the same for Covey and its peers.

The mathematics is that of Covey's `federated-averaging`: on a device, one epoch of gradient descent on a user vector
that stays there and on the item rows it touches, softmax over a positive and its negatives, summed over a batch; a
change clipped in L2 norm; a sum with Gaussian noise; and on the server Adam without bias correction (Reddi et al.,
"Adaptive federated optimization", ICLR 2021, algorithm 2).
"""

DIMENSIONS = 64
BATCH = 64
NEGATIVES = 4
ITEM_RATE = 0.1
USER_RATE = 0.02
USER_DECAY = 0.1
SERVER_RATE = 0.02
BETA1 = 0.9
BETA2 = 0.99
TAU = 1e-4
CLIPPING_NORM = 1.0
INITIAL_SCALE = 0.1
# Passes over a history that fit a user vector before ranking.
RANKING_EPOCHS = 10


def scenario(data, rounds, cohort):
    """The same as keys of a scenario of `covey simulate`."""
    return {
        "data.source": data,
        "aggregation": "statistical",
        "algorithm.name": "federated-averaging",
        "algorithm.rounds": rounds,
        "algorithm.dimensions": DIMENSIONS,
        "algorithm.batchSize": BATCH,
        "algorithm.negatives": NEGATIVES,
        "algorithm.localEpochs": 1,
        "algorithm.userEpochs": 0,
        "algorithm.rankingEpochs": RANKING_EPOCHS,
        "algorithm.itemBias": "false",
        "algorithm.loss": "sampledSoftmax",
        "algorithm.deviceLearningRate": ITEM_RATE,
        "algorithm.userLearningRate": USER_RATE,
        "algorithm.userDecay": USER_DECAY,
        "algorithm.serverLearningRate": SERVER_RATE,
        "algorithm.beta1": BETA1,
        "algorithm.beta2": BETA2,
        "algorithm.epsilon": TAU,
        "algorithm.initialScale": INITIAL_SCALE,
        "algorithm.clippingNorm": CLIPPING_NORM,
        "algorithm.adaptiveClipping": "false",
        "cohort.selection": "rotation",
        "cohort.size": cohort,
        # Noise costs the same whatever its deviation; with little of it a few rounds show whether a model learns.
        "privacy.epsilon": 100,
        "evaluation.every": 1000000,
        "evaluation.withoutPrivacy": "false",
        "threads": 1,
    }
