"""pfl-research: federated averaging on its simulated backend, with a step on the device that keeps the user vector.

Devices train with NumPy, in place on the model's tensor, as PyTorch's automatic gradients take several times as long
for batches this small; what remains is pfl's own: the difference of the whole model, the Gaussian mechanism applied
centrally, the mean, and a central optimiser. One thread, which is the most economical for tensors of this size.
"""

import time

import numpy
import torch
from pfl.aggregate.simulate import SimulatedBackend
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.base import TrainingProcessCallback
from pfl.common_types import Population
from pfl.data.dataset import Dataset
from pfl.data.federated_dataset import FederatedDataset
from pfl.data.sampling import get_user_sampler
from pfl.hyperparam.base import NNTrainHyperParams
from pfl.metrics import Metrics, TrainMetricName, Weighted
from pfl.model.pytorch import PyTorchModel
from pfl.privacy.gaussian_mechanism import GaussianMechanism
from pfl.privacy.privacy_mechanism import CentrallyAppliedPrivacyMechanism

from settings import BATCH, BETA1, BETA2, CLIPPING_NORM, ITEM_RATE, SERVER_RATE, TAU
from training import say, starting_items, starting_users, train

LOSS = TrainMetricName("loss", Population.TRAIN, after_training=False)


class Factorization(torch.nn.Module):
    """The item matrix, which is all that is shared."""

    def __init__(self, item_count):
        super().__init__()
        self.items = torch.nn.Parameter(torch.from_numpy(starting_items(item_count)))

    @staticmethod
    def loss(*data):
        """pfl asks for one; devices train by themselves."""
        raise NotImplementedError

    @staticmethod
    def metrics(*data):
        """Nothing is evaluated on devices."""
        return {}


class LocalVectors(FederatedAveraging):
    """Federated averaging of the item matrix with user vectors that stay on the devices."""

    def __init__(self, users):
        super().__init__()
        self.users = users
        self.random = numpy.random.default_rng(4)

    def train_one_user(self, initial_model_state, model, user_dataset, central_context):
        """One epoch on a device."""
        items, person = model.pytorch_model.items.detach().numpy(), user_dataset.user_id
        positives = user_dataset.raw_data[0]
        rows, change, self.users[person], loss = train(items, self.users[person], positives, self.random)
        items[rows] += change
        return model.get_model_difference(initial_model_state), Metrics([(LOSS, Weighted(loss, len(positives)))])


class CentralAdam(torch.optim.Optimizer):
    """Adam without bias correction; PyTorch's own has it."""

    def __init__(self, parameters):
        super().__init__(parameters, {"lr": SERVER_RATE})

    @torch.no_grad()
    def step(self, closure=None):
        """Moves the model against what pfl takes for a gradient: minus the mean change."""
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state["first"] = torch.zeros_like(parameter)
                    state["second"] = torch.zeros_like(parameter)
                state["first"].lerp_(parameter.grad, 1 - BETA1)
                state["second"].mul_(BETA2).addcmul_(parameter.grad, parameter.grad, value=1 - BETA2)
                parameter.addcdiv_(state["first"], state["second"].sqrt().add_(TAU), value=-group["lr"])


class Progress(TrainingProcessCallback):
    """Tells of the beginning and of every round."""

    def on_train_begin(self, *, model):
        """Before the first round."""
        say("began", time.time())
        return Metrics()

    def after_central_iteration(self, aggregate_metrics, model, *, central_iteration):
        """After a round, counted from 0."""
        say("round", central_iteration + 1, f"{aggregate_metrics[LOSS].overall_value:.4f}")
        return False, Metrics()


def run(data, rounds, cohort, deviation, path):
    """Trains; returns the item matrix and the user vectors."""
    torch.set_num_threads(1)
    module = Factorization(data.item_count)
    model = PyTorchModel(
        model=module, local_optimizer_create=torch.optim.SGD, central_optimizer=CentralAdam(module.parameters())
    )
    people = list(range(len(data)))
    dataset = FederatedDataset(
        lambda person: Dataset(raw_data=[data.training[person]], user_id=person),
        get_user_sampler("minimize_reuse", people),
    )
    mechanism = CentrallyAppliedPrivacyMechanism(GaussianMechanism(CLIPPING_NORM, deviation / CLIPPING_NORM))
    users = starting_users(len(data))
    LocalVectors(users).run(
        algorithm_params=NNAlgorithmParams(
            central_num_iterations=rounds,
            # pfl evaluates devices in every so many rounds, from the first one on.
            evaluation_frequency=rounds + 1,
            train_cohort_size=cohort,
            val_cohort_size=0,
        ),
        backend=SimulatedBackend(training_data=dataset, val_data=dataset, postprocessors=[mechanism]),
        model=model,
        model_train_params=NNTrainHyperParams(
            local_num_epochs=1, local_learning_rate=ITEM_RATE, local_batch_size=BATCH
        ),
        callbacks=[Progress()],
        send_metrics_to_platform=False,
    )
    return module.items.detach().numpy(), users
