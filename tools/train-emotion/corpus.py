"""The features that Features/ wrote, and the folds."""
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BANDS = 64
CHANNELS = BANDS + 2

# The model's logits in this order; the corpus's words for them. Boredom and disgust have none.
LABELS = ["frustrated", "happy", "anxious", "neutral", "sad"]
EMOTIONS = ["anger", "happiness", "anxiety/fear", "neutral", "sadness", "boredom", "disgust"]


@dataclass(frozen=True)
class Take:
    """One clip under one condition. `first` and `frames` say where its features lie."""
    name: str
    speaker: str
    target: int
    use: str
    condition: str
    first: int
    frames: int


class Corpus:
    def __init__(self, folder):
        folder = Path(folder)
        self.features = np.fromfile(folder / "features.f16", np.float16).reshape(-1, CHANNELS)
        with open(folder / "index.csv", newline="") as index:
            self.takes = [Take(r["name"], r["speaker"], EMOTIONS.index(r["emotion"]), r["use"], r["condition"],
                               int(r["first"]), int(r["frames"])) for r in csv.DictReader(index)]

    def select(self, use, condition):
        return [t for t in self.takes if t.use == use and t.condition == condition]

    def frames(self, take):
        return self.features[take.first:take.first + take.frames].astype(np.float32)
