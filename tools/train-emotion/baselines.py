"""What a classifier has to beat. Each takes training takes and gives, for other takes, the likeliest class."""
import numpy as np
import torch

from corpus import BANDS, LABELS

CLASSES = len(LABELS)


def mfcc_means(corpus, takes):
    """The mean of 13 cepstral coefficients over all frames."""
    k, band = np.arange(13)[:, None], np.arange(BANDS)[None]
    dct = np.cos(np.pi * k * (2 * band + 1) / (2 * BANDS)) * np.where(k == 0, np.sqrt(1 / BANDS), np.sqrt(2 / BANDS))
    return np.stack([(corpus.frames(t)[:, :BANDS] @ dct.T).mean(0) for t in takes]).astype(np.float32)


def energy_and_pitch(corpus, takes):
    """Mean and range of pitch in octaves, mean and range of loudness, share of voiced frames: of the frames within 25 dB of the loudest."""
    rows = []
    for take in takes:
        frames = corpus.frames(take)
        energy = np.log(np.exp(frames[:, :BANDS]).mean(1))
        loud = energy > energy.max() - 5.75
        hz = frames[loud, BANDS]
        octaves = np.log2(hz[hz > 0] / 150) if np.any(hz > 0) else np.zeros(1)
        rows.append([octaves.mean(), np.ptp(np.percentile(octaves, [10, 90])), energy[loud].mean(),
                     np.ptp(np.percentile(energy[loud], [10, 90])), np.mean(hz > 0)])
    return np.array(rows, np.float32)


def majority(x, y, others):
    return np.full(len(others), np.bincount(y).argmax())


def logistic_regression(x, y, others):
    """Class-balanced, by L-BFGS, with the usual ridge of 1."""
    torch.manual_seed(0)
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    inputs, targets = torch.from_numpy((x - mean) / deviation), torch.from_numpy(y.astype(np.int64))
    layer = torch.nn.Linear(x.shape[1], CLASSES)
    weight = len(y) / (CLASSES * torch.bincount(targets).float())
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(inputs), targets, weight=weight) + (layer.weight ** 2).sum() / 2 / len(y)
        loss.backward()
        return loss

    optimiser.step(closure)
    with torch.no_grad():
        return layer(torch.from_numpy((others - mean) / deviation)).argmax(1).numpy()


def rules(x, y, others, depth=4):
    """If-then rules over thresholds, the best ones for these five figures: a balanced decision tree."""
    weight = (1 / np.bincount(y, minlength=CLASSES).clip(1))[y]
    return _tree(x, y, weight, depth)(others)


def _impurity(y, weight):
    share = np.bincount(y, weight, CLASSES)
    return share.sum() - (share ** 2).sum() / max(share.sum(), 1e-12)


def _tree(x, y, weight, depth):
    best = None
    if depth > 0:
        for column in range(x.shape[1]):
            for threshold in np.percentile(x[:, column], np.arange(5, 100, 5)):
                left = x[:, column] < threshold
                if 20 <= left.sum() <= len(y) - 20:
                    cost = _impurity(y[left], weight[left]) + _impurity(y[~left], weight[~left])
                    if best is None or cost < best[0]:
                        best = cost, column, threshold
    if best is None:
        said = np.bincount(y, weight, CLASSES).argmax()
        return lambda rows: np.full(len(rows), said)
    _, column, threshold = best
    left = x[:, column] < threshold
    low, high = _tree(x[left], y[left], weight[left], depth - 1), _tree(x[~left], y[~left], weight[~left], depth - 1)
    return lambda rows: np.where(rows[:, column] < threshold, low(rows), high(rows))
