"""Writes readings.csv: how each acted recording sounds to a network that never heard its speaker (leave one speaker out, G.711).

    /usr/bin/python3 tools/eval-escalation/readings.py tools/train-emotion/.work models/emotion/emotion.json tools/eval-escalation/readings.csv

The first argument is what `tools/train-emotion/run.sh train` left behind. Labels follow the rules of EmotionScores.
"""
import csv
import json
import sys

import numpy as np


def main(work, description, out):
    folds, table = np.load(f"{work}/folds.npz"), np.load(f"{work}/statistics.npz")
    shipped = json.load(open(description, encoding="utf-8"))
    labels, thresholds = shipped["labels"], shipped["thresholds"]
    known = (table["use"] == "German") & (table["condition"] == "g711") & (table["target"] < len(labels))
    names = np.concatenate([table["name"][known & (table["speaker"] == s)] for s in sorted(set(table["speaker"][known]))])
    truth = np.concatenate([table["target"][known & (table["speaker"] == s)] for s in sorted(set(table["speaker"][known]))])
    assert len(names) == len(folds["logits g711"]) and (truth == folds["truth"]).all(), "folds and statistics are of different runs"
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["clip", "speaker", "acted", "label"] + labels)
        for name, speaker, acted, logits in zip(names, folds["speaker"], truth, folds["logits g711"]):
            weights = np.exp((logits - logits.max()) / shipped["temperature"])
            p = weights / weights.sum()
            said = [i for i in range(len(labels)) if p[i] >= thresholds.get(labels[i], 0)]
            best = max(said, key=lambda i: p[i], default=None)
            label = "unknown" if best is None or p[best] < shipped["unknown_below"] else labels[best]
            writer.writerow([name, speaker, labels[acted], label] + [f"{x:.3f}" for x in p])


main(*sys.argv[1:])
