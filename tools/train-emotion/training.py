"""Trains one network on some takes. Seeded: the same takes and recipe give the same network on the same machine."""
import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from corpus import BANDS, CHANNELS, silence
from model import EmotionNet


@dataclass(frozen=True)
class Recipe:
    epochs: int = 30
    batch: int = 32
    rate: float = 2e-3
    decay: float = 1e-2
    smoothing: float = 0.1
    mixup: float = 0.0
    cmn: float = 0.5
    width: int = 12
    dropout: float = 0.4
    tdnn: bool = True
    picture: bool = True
    tilt: float = 0.0


def crop(rows, frames, rng):
    if len(rows) >= frames:
        start = rng.integers(0, len(rows) - frames + 1)
        return rows[start:start + frames]
    lead = rng.integers(0, frames - len(rows) + 1)
    return np.concatenate([silence(lead), rows, silence(frames - len(rows) - lead)])


def mask(rows, rng):
    """SpecAugment: one stripe of bands and one of time are made as if silent."""
    bands, frames = rng.integers(0, 12), rng.integers(0, len(rows) // 6)
    band, frame = rng.integers(0, BANDS - bands), rng.integers(0, len(rows) - frames)
    rows[:, band:band + bands] = np.log(1e-10)
    rows[frame:frame + frames] = silence(frames)
    return rows


class Sampler:
    """Balanced over classes; which line and which part of the clip are drawn each time."""

    def __init__(self, corpus, takes, rng, recipe):
        self.corpus, self.rng, self.recipe = corpus, rng, recipe
        self.classes = {}
        for take in takes:
            self.classes.setdefault(take.target, {}).setdefault(take.name, []).append(take)
        self.clips = sum(len(c) for c in self.classes.values())
        self.names = {k: list(v) for k, v in self.classes.items()}
        self.keys = sorted(self.classes)

    def batch(self):
        frames = int(self.rng.choice([60, 100, 150, 200, 240]))
        xs, ys = np.empty((self.recipe.batch, frames, CHANNELS), np.float32), np.empty(self.recipe.batch, np.int64)
        for i in range(self.recipe.batch):
            target = self.keys[(i + int(self.rng.integers(0, len(self.keys)))) % len(self.keys)]
            name = self.names[target][self.rng.integers(0, len(self.names[target]))]
            takes = self.classes[target][name]
            rows = crop(self.corpus.frames(takes[self.rng.integers(0, len(takes))]), frames, self.rng).copy()
            if self.recipe.tilt:
                slope = self.rng.normal(0, self.recipe.tilt)
                rows[:, :BANDS] = np.maximum(rows[:, :BANDS] + slope * np.linspace(-1, 1, BANDS, dtype=np.float32), np.log(1e-10))
            xs[i], ys[i] = mask(rows, self.rng), target
        return torch.from_numpy(xs), torch.from_numpy(ys)


def train(corpus, takes, recipe, seed, classes=7, log=None):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    sampler = Sampler(corpus, takes, rng, recipe)
    net = EmotionNet(cmn=recipe.cmn, width=recipe.width, dropout=recipe.dropout, tdnn=recipe.tdnn, picture=recipe.picture, classes=classes)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * max(1, sampler.clips // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.15)
    average, averaged = None, 0
    net.train()
    for step in range(steps):
        x, y = sampler.batch()
        loss = functional.cross_entropy(net(x), y, label_smoothing=recipe.smoothing)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if log and step % 100 == 0:
            log(f"step {step}/{steps} loss {loss.item():.3f}")
    return net.eval()


@torch.no_grad()
def logits(net, corpus, takes, frames=None):
    """Of whole takes, or of their first `frames` frames, one by one as a call has them."""
    return np.stack([net(torch.from_numpy(corpus.frames(t)[:frames][None]))[0].numpy() for t in takes])
