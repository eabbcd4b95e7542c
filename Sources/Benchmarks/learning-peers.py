"""Times training steps of recommenders in PyTorch, for `Benchmarks learning` to compare with.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python Sources/Benchmarks/learning-peers.py

Prints one line of JSON for each model and optimiser: {"step": ..., "microseconds": ...}, the least
of several runs of eager mode on one thread. A step is forward, backward and one step of plain
gradient descent or Adam, with sparse gradients of embeddings.
"""

import json
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
ITEMS, USERS, WIDTH, BATCH, LENGTH = 3706, 1, 64, 64, 50


class MatrixFactorization(nn.Module):
    def __init__(self):
        super().__init__()
        self.users = nn.Embedding(USERS, WIDTH, sparse=True)
        self.items = nn.Embedding(ITEMS, WIDTH, sparse=True)
        self.biases = nn.Embedding(ITEMS, 1, sparse=True)

    def forward(self, users, items):
        return (self.users(users) * self.items(items)).sum(-1) + self.biases(items)[:, 0]


class NeuMF(nn.Module):
    """He et al. 2017 with 64 predictive factors: GMF of 64, a tower of 256, 128, 64."""

    def __init__(self):
        super().__init__()
        self.gmf_users = nn.Embedding(USERS, WIDTH, sparse=True)
        self.gmf_items = nn.Embedding(ITEMS, WIDTH, sparse=True)
        self.mlp_users = nn.Embedding(USERS, 128, sparse=True)
        self.mlp_items = nn.Embedding(ITEMS, 128, sparse=True)
        self.tower = nn.Sequential(
            nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
        self.head = nn.Linear(128, 1)

    def forward(self, users, items):
        product = self.gmf_users(users) * self.gmf_items(items)
        tower = self.tower(torch.cat([self.mlp_users(users), self.mlp_items(items)], -1))
        return self.head(torch.cat([product, tower], -1))[:, 0]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, 1, dropout=0.2, batch_first=True)
        self.between = nn.LayerNorm(WIDTH)
        self.first, self.second = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x, mask):
        queries = self.before(x)
        x = queries + self.attention(queries, x, x, attn_mask=mask, need_weights=False)[0]
        x = self.between(x)
        return x + self.dropout(self.second(self.dropout(F.relu(self.first(x)))))


class SASRec(nn.Module):
    def __init__(self):
        super().__init__()
        self.items = nn.Embedding(ITEMS + 1, WIDTH, padding_idx=0, sparse=True)
        self.positions = nn.Embedding(LENGTH, WIDTH)
        self.dropout = nn.Dropout(0.2)
        self.blocks = nn.ModuleList([Block(), Block()])
        self.last = nn.LayerNorm(WIDTH)

    def forward(self, history, positives, negatives):
        x = self.items(history) * WIDTH**0.5 + self.positions.weight
        x = self.dropout(x)
        mask = torch.triu(torch.ones(LENGTH, LENGTH, dtype=torch.bool), 1)
        for block in self.blocks:
            x = block(x, mask)
        x = self.last(x)
        return (x * self.items(positives)).sum(-1), (x * self.items(negatives)).sum(-1)


def optimizers(model, name):
    if name == "descent":
        return [torch.optim.SGD(model.parameters(), lr=1e-3)]
    sparse = [p for m in model.modules() if isinstance(m, nn.Embedding) and m.sparse
              for p in m.parameters()]
    chosen = {id(p) for p in sparse}
    dense = [p for p in model.parameters() if id(p) not in chosen]
    both = [torch.optim.SparseAdam(sparse, lr=1e-3)]
    return both + ([torch.optim.Adam(dense, lr=1e-3)] if dense else [])


def measure(name, model, loss):
    for optimizer in ["descent", "adam"]:
        measure_with(optimizers(model, optimizer), f"{name} {optimizer}", model, loss)


def measure_with(steps, name, model, loss):
    model.train()

    def step():
        for optimizer in steps:
            optimizer.zero_grad()
        loss().backward()
        for optimizer in steps:
            optimizer.step()

    for _ in range(5):
        step()
    best = float("inf")
    for _ in range(7):
        repeats, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.5:
            step()
            repeats += 1
        best = min(best, (time.perf_counter() - start) / repeats)
    print(json.dumps({"step": name, "microseconds": round(best * 1e6, 1)}), flush=True)


users = torch.zeros(BATCH, dtype=torch.long)
items = torch.randint(0, ITEMS, (BATCH,))
labels = torch.randint(0, 2, (BATCH,)).float()
for name, model in [("mf", MatrixFactorization()), ("neumf", NeuMF())]:
    measure(name, model, lambda: F.binary_cross_entropy_with_logits(model(users, items), labels))

history, positives, negatives = (torch.randint(1, ITEMS + 1, (BATCH, LENGTH)) for _ in range(3))
model = SASRec()


def sequence_loss():
    positive, negative = model(history, positives, negatives)
    return (F.binary_cross_entropy_with_logits(positive, torch.ones_like(positive))
            + F.binary_cross_entropy_with_logits(negative, torch.zeros_like(negative)))


measure("sasrec", model, sequence_loss)
