"""The statistics of every take, computed once: what the classifier proper is trained on."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from corpus import Corpus
from functionals import Functionals

SHORTEST, SHORT = 50, 150
# What an interim estimate has: 0.1 s of line, then this much of the utterance.
INTERIM = {"first 0.5 s": 60, "first 1 s": 110}


@dataclass
class Table:
    """Rows of statistics and what they are of; `where` numbers those of some takes."""
    rows: np.ndarray
    name: np.ndarray
    speaker: np.ndarray
    target: np.ndarray
    use: np.ndarray
    condition: np.ndarray

    def where(self, use, *conditions, speaker=None, other_than=None, targets=None):
        chosen = (self.use == use) & np.isin(self.condition, conditions)
        if speaker is not None:
            chosen &= self.speaker == speaker
        if other_than is not None:
            chosen &= self.speaker != other_than
        if targets is not None:
            chosen &= self.target < targets
        return np.nonzero(chosen)[0]


def _cuts(take, rng):
    """Which parts of a take count as utterances of their own."""
    yield take.condition, 0, take.frames
    if take.condition == "train" and take.frames > SHORTEST:
        frames = min(int(rng.integers(SHORTEST, SHORT + 1)), take.frames)
        yield "part", int(rng.integers(0, take.frames - frames + 1)), frames
    if take.condition == "g711":
        for condition, frames in INTERIM.items():
            yield condition, 0, min(frames, take.frames)


@torch.no_grad()
def load(folder):
    path = Path(folder) / "statistics.npz"
    if path.exists():
        return Table(**np.load(path))
    corpus, functionals, rng = Corpus(folder), Functionals().eval(), np.random.default_rng(0)
    rows, meta = [], []
    for take in corpus.takes:
        frames = torch.from_numpy(corpus.frames(take))
        for condition, first, count in _cuts(take, rng):
            rows.append(functionals(frames[None, first:first + count])[0].numpy())
            meta.append((take.name, take.speaker, take.target, take.use, condition))
    columns = [np.array(column) for column in zip(*meta)]
    table = dict(zip(("name", "speaker", "target", "use", "condition"), columns), rows=np.stack(rows))
    np.savez(path, **table)
    return Table(**table)
