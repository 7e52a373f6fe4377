"""Trains the experts on rows of statistics. Seeded: the same rows and recipe give the same experts on the same machine."""
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from corpus import LABELS
from model import Experts


@dataclass(frozen=True)
class Recipe:
    hidden: int = 64
    experts: int = 5
    dropout: float = 0.4
    steps: int = 900
    batch: int = 160
    rate: float = 5e-3
    decay: float = 1e-2
    smoothing: float = 0.1
    parts: float = 0.4


def train(rows, targets, is_part, recipe, seed):
    """`is_part` marks the rows that are of a part of an utterance."""
    torch.manual_seed(seed)
    x, y = torch.from_numpy(rows), torch.from_numpy(targets.astype(np.int64))
    experts = Experts(x.mean(0), x.std(0) + 1e-4, recipe.experts, recipe.hidden, len(LABELS), recipe.dropout)
    weight = 1 / torch.bincount(y).float()
    weight = weight / weight[y].mean()
    optimiser = torch.optim.AdamW(experts.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=recipe.steps)
    wanted = torch.eye(len(LABELS))[y] * (1 - recipe.smoothing) + recipe.smoothing / len(LABELS)
    wanted = wanted * weight[y][:, None]
    chance = torch.where(torch.from_numpy(is_part), recipe.parts / is_part.sum(), (1 - recipe.parts) / (~is_part).sum())
    for _ in range(recipe.steps):
        drawn = torch.multinomial(chance, recipe.experts * recipe.batch, replacement=True).view(recipe.experts, recipe.batch)
        # Each expert has a batch of its own, and learns nothing from the others.
        loss = -(wanted[drawn] * functional.log_softmax(experts(x[drawn]), -1)).sum(-1).mean(1).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return experts.eval()


@torch.no_grad()
def logits(experts, rows):
    return experts(torch.from_numpy(rows)).mean(0).numpy()
