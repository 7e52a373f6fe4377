"""Figures of a table."""
import numpy as np

from corpus import LABELS


def softmax(logits, temperature=1.0):
    scaled = logits / temperature
    scaled = np.exp(scaled - scaled.max(1, keepdims=True))
    return scaled / scaled.sum(1, keepdims=True)


def confusion(truth, said):
    table = np.zeros((len(LABELS), len(LABELS)), int)
    np.add.at(table, (truth, said), 1)
    return table


def recalls(truth, said):
    return np.array([np.mean(said[truth == k] == k) for k in range(len(LABELS)) if np.any(truth == k)])


def uar(truth, said):
    """Unweighted average recall: the mean of the classes' recalls, 0.2 by chance."""
    return float(recalls(truth, said).mean())


def macro_f1(truth, said):
    table = confusion(truth, said)
    return float(np.mean(2 * np.diag(table) / np.maximum(table.sum(0) + table.sum(1), 1)))


def calibration_error(truth, probabilities, bins=10):
    """Expected calibration error of the likeliest class, over bins of equal width."""
    sure, right = probabilities.max(1), probabilities.argmax(1) == truth
    slot = np.minimum((sure * bins).astype(int), bins - 1)
    return float(sum(abs(right[slot == b].mean() - sure[slot == b].mean()) * np.mean(slot == b) for b in range(bins) if np.any(slot == b)))


def best_temperature(truth, logits):
    """By likelihood, over a grid of 2 % steps."""
    grid = np.exp(np.arange(-60, 80) * 0.02)
    losses = [-np.log(softmax(logits, t)[np.arange(len(truth)), truth] + 1e-9).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
