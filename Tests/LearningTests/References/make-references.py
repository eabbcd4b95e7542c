"""Writes what PyTorch makes of layers, losses and optimisers, for ReferenceTests.swift.

    python3 -m venv /tmp/references
    /tmp/references/bin/pip install torch numpy
    /tmp/references/bin/python make-references.py

Each case records inputs, the loss and its gradients; cases of layers also the output, and the
targets from which its squared distance is the loss. All matrices are laid out as on our tape, and
turned into PyTorch's layout on the way in, so that gradients come back in ours. PyTorch computes in
float64, so that what differs is our float32.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
FOLDER = pathlib.Path(__file__).parent


def draw(*shape, scale=1.0):
    """Normal draws of so few digits that float32 and JSON lose nothing to speak of."""
    return (torch.randn(*shape) * scale * 1e4).round() / 1e4


def listed(value):
    if isinstance(value, (list, tuple)):
        return [listed(element) for element in value]
    if isinstance(value, torch.Tensor):
        return listed(value.tolist())
    return float(f"{value:.7g}") if isinstance(value, float) else value


class Cases:
    """The cases of one file."""

    def __init__(self, file, seed):
        self.file, self.cases = file, {}
        torch.manual_seed(seed)

    def add(self, name, loss, inputs, **others):
        loss.backward()
        gradients = {key: value.grad for key, value in inputs.items()}
        case = dict(inputs=inputs, loss=loss.item(), gradients=gradients, **others)
        self.cases[name] = {key: self.plain(value) for key, value in case.items()}

    def add_layer(self, name, compute, numbers=None, **inputs):
        for value in inputs.values():
            value.requires_grad_()
        output = compute(**inputs)
        targets = draw(*output.shape)
        loss = ((output - targets) ** 2).sum()
        self.add(name, loss, inputs, output=output, targets=targets, numbers=numbers or {})

    def add_loss(self, name, compute, numbers=None, constants=None, **inputs):
        for value in inputs.values():
            value.requires_grad_()
        loss = compute(**inputs)
        self.add(name, loss, inputs, numbers=numbers or {}, constants=constants or {})

    @staticmethod
    def plain(value):
        if isinstance(value, dict):
            return {key: listed(element) for key, element in value.items()}
        return listed(value)

    def write(self):
        lines = [f'"{name}": {json.dumps(case)}' for name, case in self.cases.items()]
        (FOLDER / self.file).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_layers():
    cases = Cases("layers.json", seed=1)
    cases.add_layer(
        "dense", lambda x, weights, bias: F.linear(x, weights.T, bias[0]),
        x=draw(7, 5), weights=draw(5, 18), bias=draw(1, 18))
    cases.add_layer(
        "layer norm",
        lambda x, gain, bias: F.layer_norm(x, (19,), gain[0], bias[0]),
        x=draw(6, 19, scale=3), gain=draw(1, 19), bias=draw(1, 19))
    for name, function in [
        ("gelu", F.gelu), ("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", F.relu),
    ]:
        cases.add_layer(name, lambda x: function(x), x=draw(5, 7, scale=3))
    rows = [3, -1, 0, 3, 4, -2, 3, 0]

    def embed(table):
        taken = F.embedding(torch.tensor([max(row, 0) for row in rows]), table)
        return 1.5 * taken * torch.tensor([[float(row >= 0)] for row in rows])

    cases.add_layer("embedding", embed, numbers=dict(rows=rows), table=draw(6, 5))
    cases.add_layer(
        "interaction",
        lambda x: sum(
            (x[:, 5 * i:5 * i + 5] * x[:, 5 * j:5 * j + 5]).sum(1, keepdim=True)
            for i in range(4) for j in range(i)),
        x=draw(6, 20))
    cases.write()


def write_runs():
    cases = Cases("runs.json", seed=2)
    lengths = [4, 1, 18, 6]

    def recur(x, weights, input_bias, u, bias):
        unit = torch.nn.GRU(weights.shape[0], u.shape[0], batch_first=True)
        values = dict(
            weight_ih_l0=weights.T, weight_hh_l0=u.T, bias_ih_l0=input_bias[0], bias_hh_l0=bias[0])
        return torch.cat([
            torch.func.functional_call(unit, values, run[None])[0][0] for run in x.split(lengths)])

    cases.add_layer(
        "recurrence", recur, numbers=dict(lengths=lengths), x=draw(29, 3),
        weights=draw(3, 15), input_bias=draw(1, 15), u=draw(5, 15, scale=0.5), bias=draw(1, 15))

    def attend(q, k, v, heads, causal):
        def run(q, k, v):
            parts = [m.unflatten(1, (heads, -1)).transpose(0, 1)[None] for m in (q, k, v)]
            mixed = F.scaled_dot_product_attention(*parts, is_causal=causal)
            return mixed[0].transpose(0, 1).flatten(1)
        return torch.cat([
            run(*parts) for parts in zip(q.split(lengths), k.split(lengths), v.split(lengths))])

    for heads in (1, 2):
        for causal in (0, 1):
            cases.add_layer(
                f"attention of {heads}" + (", causal" if causal else ""),
                lambda q, k, v: attend(q, k, v, heads, bool(causal)),
                numbers=dict(lengths=lengths, heads=[heads], causal=[causal]),
                q=draw(29, 6), k=draw(29, 6), v=draw(29, 6))

    def pool(x, scores):
        return torch.cat([
            (F.softmax(score, 0) * run).sum(0, keepdim=True)
            for run, score in zip(x.split(lengths), scores.split(lengths))])

    cases.add_layer(
        "pooling", pool, numbers=dict(lengths=lengths), x=draw(29, 5), scores=draw(29, 1))
    cases.write()


def write_convolutions():
    cases = Cases("convolutions.json", seed=3)

    def along_time(x, weights, bias):
        images = x.unflatten(1, (7, 4)).transpose(1, 2)
        kernel = weights.unflatten(0, (3, 4)).permute(2, 1, 0)
        return F.conv1d(images, kernel, bias[0]).transpose(1, 2).flatten(0, 1)

    # Height, width, channels, the kernel's height and width.
    cases.add_layer(
        "conv1d", along_time, numbers=dict(sizes=[7, 4, 1, 3, 4]), x=draw(2, 28),
        weights=draw(12, 5), bias=draw(1, 5))

    def over_images(x, weights, bias):
        images = x.unflatten(1, (4, 5, 3)).permute(0, 3, 1, 2)
        kernel = weights.unflatten(0, (2, 3, 3)).permute(3, 2, 0, 1)
        return F.conv2d(images, kernel, bias[0]).permute(0, 2, 3, 1).flatten(0, 2)

    cases.add_layer(
        "conv2d", over_images, numbers=dict(sizes=[4, 5, 3, 2, 3]), x=draw(2, 60),
        weights=draw(18, 5), bias=draw(1, 5))
    cases.write()


def write_losses():
    cases = Cases("losses.json", seed=4)
    labels, weights = torch.rand(6, 3).round(decimals=4), torch.rand(6, 3).round(decimals=4)
    cases.add_loss(
        "cross-entropy", lambda x: F.binary_cross_entropy_with_logits(x, labels),
        constants=dict(labels=labels), x=draw(6, 3, scale=4))
    cases.add_loss(
        "weighted cross-entropy",
        lambda x: F.binary_cross_entropy_with_logits(x, labels, weights),
        constants=dict(labels=labels, weights=weights), x=draw(6, 3, scale=4))
    cases.add_loss(
        "bpr", lambda positive, negative: -F.logsigmoid(positive - negative).mean(),
        positive=draw(9, 2, scale=2), negative=draw(9, 2, scale=2))
    targets = [2, 0, 20, 7]
    cases.add_loss(
        "softmax", lambda x: F.cross_entropy(x, torch.tensor(targets)),
        numbers=dict(targets=targets, lengths=[1, 1, 1, 1]), x=draw(4, 21, scale=3))
    several = [[2], [0, 5, 20], [7, 7]]
    cases.add_loss(
        "softmax of several targets",
        lambda x: sum(
            F.cross_entropy(row.expand(len(places), -1), torch.tensor(places), reduction="sum")
            for row, places in zip(x, several)) / 3,
        numbers=dict(targets=sum(several, []), lengths=[1, 3, 2]), x=draw(3, 21, scale=3))
    rates = torch.rand(5, 8).log().round(decimals=4)
    cases.add_loss(
        "sampled softmax",
        lambda x: F.cross_entropy(x - rates, torch.zeros(5, dtype=torch.long)),
        constants=dict(rates=rates), x=draw(5, 8))
    goals = draw(6, 3)
    cases.add_loss(
        "squared error", lambda x: F.mse_loss(x, goals), constants=dict(goals=goals),
        x=draw(6, 3))

    def divergence(means, log_variances):
        drawn = torch.distributions.Normal(means, (log_variances / 2).exp())
        normal = torch.distributions.Normal(torch.zeros(4, 5), torch.ones(4, 5))
        return torch.distributions.kl_divergence(drawn, normal).sum() / 4

    cases.add_loss("divergence", divergence, means=draw(4, 5), log_variances=draw(4, 5))
    cases.write()


def write_optimizers():
    torch.manual_seed(5)
    lines = []
    for name, optimizer, options in [
        ("descent", torch.optim.SGD, dict(lr=0.1, weight_decay=0.05)),
        ("momentum", torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.05)),
        ("adam", torch.optim.Adam, dict(lr=0.1)),
        ("adamw", torch.optim.AdamW, dict(lr=0.1, weight_decay=0.05)),
        ("adagrad", torch.optim.Adagrad, dict(lr=0.1)),
    ]:
        parameter = draw(3, 7).requires_grad_()
        case = dict(start=listed(parameter), gradients=[], values=[])
        rule = optimizer([parameter], **options)
        for _ in range(3):
            parameter.grad = draw(3, 7)
            case["gradients"].append(listed(parameter.grad))
            rule.step()
            case["values"].append(listed(parameter))
        lines.append(f'"{name}": {json.dumps(case)}')
    (FOLDER / "optimizers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


write_layers()
write_runs()
write_convolutions()
write_losses()
write_optimizers()
