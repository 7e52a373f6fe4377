"""Measures what train.py left, and writes the tables of the model card.

    report.py WORK MODELS

Every figure of the classifier is of networks that never heard the speaker, with the shipped recipe; only the lines on English are
also of the shipped network, which was trained on no English.
"""
import json
import sys
from pathlib import Path

import numpy as np

import baselines
import table as tables
from corpus import Corpus, LABELS
from measures import best_temperature, calibration_error, confusion, macro_f1, recalls, softmax, uar
from train import CONDITIONS, LINES, threshold_for

BEGIN, END = "<!-- tables: written by tools/train-emotion/run.sh report -->", "<!-- /tables -->"
TITLES = {"clean": "clean", "g711": "G.711", "noise10": "G.711, noise at 10 dB", "first 0.5 s": "G.711, first 0.5 s", "first 1 s": "G.711, first 1 s"}


def percent(value):
    return f"{100 * value:.1f}"


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def baseline_results(corpus):
    """UAR and macro-F1 of each baseline on each line, leave-one-speaker-out."""
    takes = {c: [t for t in corpus.select("German", c) if t.target < len(LABELS)] for c in ["train", *LINES]}
    results = {}
    for name, features, method in (("majority", baselines.energy_and_pitch, baselines.majority),
                                   ("energy and pitch, rules", baselines.energy_and_pitch, baselines.rules),
                                   ("MFCC means, logistic regression", baselines.mfcc_means, baselines.logistic_regression)):
        rows = {c: features(corpus, takes[c]) for c in takes}
        truth = {c: np.array([t.target for t in takes[c]]) for c in takes}
        speaker = {c: np.array([t.speaker for t in takes[c]]) for c in takes}
        said = {c: np.empty(len(truth[c]), int) for c in LINES}
        for who in sorted(set(speaker["train"])):
            own = speaker["train"] != who
            # One fit a fold: all lines' utterances are asked about together.
            tests = [np.nonzero(speaker[c] == who)[0] for c in LINES]
            answers = method(rows["train"][own], truth["train"][own], np.concatenate([rows[c][i] for c, i in zip(LINES, tests)]))
            for c, i, answer in zip(LINES, tests, np.split(answers, np.cumsum([len(i) for i in tests])[:-1])):
                said[c][i] = answer
        results[name] = {c: (uar(truth[c], said[c]), macro_f1(truth[c], said[c])) for c in LINES}
    return results


def main_table(results, folds):
    truth = folds["truth"]
    results = dict(results)
    results["**this model**"] = {c: (uar(truth, folds[f"logits {c}"].argmax(1)), macro_f1(truth, folds[f"logits {c}"].argmax(1))) for c in LINES}
    head = ["", *[f"{TITLES[c]}: UAR" for c in LINES], *[f"{TITLES[c]}: macro-F1" for c in LINES]]
    return markdown(head, [[name, *[percent(r[c][0]) for c in LINES], *[percent(r[c][1]) for c in LINES]] for name, r in results.items()])


def calibrated(folds, condition):
    """Probabilities of each speaker with the temperature that fits the others best."""
    truth, speaker = folds["truth"], folds["speaker"]
    both = np.concatenate([folds["logits g711"], folds["logits noise10"]])
    probabilities = np.empty_like(folds[f"logits {condition}"])
    for who in sorted(set(speaker)):
        others = np.tile(speaker != who, 2)
        temperature = best_temperature(np.tile(truth, 2)[others], both[others])
        probabilities[speaker == who] = softmax(folds[f"logits {condition}"][speaker == who], temperature)
    return probabilities


def said_with_thresholds(probabilities, description):
    """As the call reads them: the likeliest label that reaches its threshold; -1 where it is not likely enough."""
    least = np.array([description["thresholds"].get(label, 0) for label in LABELS])
    allowed = np.where(probabilities >= least, probabilities, 0)
    return np.where(allowed.max(1) >= description["unknown_below"], allowed.argmax(1), -1)


def conditions_table(folds, description):
    truth, rows = folds["truth"], []
    for condition in CONDITIONS:
        probabilities = calibrated(folds, condition)
        likeliest, said = probabilities.argmax(1), said_with_thresholds(probabilities, description)
        rows.append([TITLES[condition], percent(uar(truth, likeliest)), percent(macro_f1(truth, likeliest)), percent(calibration_error(truth, probabilities)),
                     percent(np.mean(said < 0)), percent(np.mean(said[said >= 0] == truth[said >= 0])),
                     *[percent(np.mean(said[truth == k] == 0)) for k in range(len(LABELS))], percent(np.mean(said[truth == 4] == 4))])
    return markdown(["", "UAR", "macro-F1", "ECE", "unknown", "right of what is said", *[f"{label} called frustrated" for label in LABELS], "sad called sad"], rows)


def false_table(final, own, with_english, description):
    """What those that read English calmly are called."""
    threshold, temperature = description["thresholds"]["frustrated"], description["temperature"]

    def rate(logits):
        return np.mean(softmax(logits, temperature)[:, 0] >= threshold)

    rows = []
    for name, use in (("neutral English", "English"), ("digits (FSDD)", "EnglishTestOnly")):
        for condition in CONDITIONS:
            logits = final[f"{use} {condition}"]
            said = said_with_thresholds(softmax(logits, temperature), description)
            counts = [int((said == k).sum()) for k in (*range(len(LABELS)), -1)]
            has_folds = use == "English" and condition in LINES
            fold_rates = [rate(f) for f in own[f"english {condition}"]] if has_folds else []
            rows.append([name, TITLES[condition], len(logits), f"**{counts[0]} ({percent(counts[0] / len(logits))} %)**", *counts[1:],
                         f"{percent(np.mean(fold_rates))} ({percent(max(fold_rates))})" if fold_rates else "",
                         percent(rate(with_english[f"english {condition}"])) if has_folds else ""])
    return markdown(["", "line", "utterances", *LABELS, "unknown", "frustrated by the ten folds' networks: mean (worst), %",
                     "frustrated if trained with other English speakers, %"], rows)


def split_threshold(final, table, description):
    """The threshold set on half of the English speakers and counted on the others, both ways."""
    speaker = np.concatenate([table.speaker[table.where("English", c)] for c in LINES])
    probabilities = softmax(np.concatenate([final[f"English {c}"] for c in LINES]), description["temperature"])
    half = np.isin(speaker, sorted(set(speaker))[::2])
    results = []
    for own, other in ((half, ~half), (~half, half)):
        threshold = threshold_for("frustrated", probabilities[own])
        results.append(f"{threshold:.2f} → {int((probabilities[other, 0] >= threshold).sum())} of {int(other.sum())}")
    return "; ".join(results)


def confusion_tables(folds):
    text = ""
    for condition in LINES:
        table = confusion(folds["truth"], folds[f"logits {condition}"].argmax(1))
        text += f"{TITLES[condition]} (rows: acted; columns: said)\n\n"
        text += markdown(["", *LABELS, "recall"], [[LABELS[i], *row, percent(row[i] / row.sum())] for i, row in enumerate(table)]) + "\n"
    return text


def others_table(folds):
    rows = []
    for name in ("boredom", "disgust"):
        said = np.bincount(folds[f"other {name}"].argmax(1), minlength=len(LABELS))
        rows.append([name, *[percent(s / said.sum()) for s in said]])
    return markdown(["said, %", *LABELS], rows)


def english_means_neutral(own, with_english):
    truth = own["truth"]
    rows = []
    for name, folds in (("German only (shipped)", own), ("with neutral English", with_english)):
        said = folds["logits g711"].argmax(1)
        rows.append([name, percent(uar(truth, said)), percent(recalls(truth, said)[0]), percent(recalls(truth, said)[3]),
                     percent(np.mean(folds["english g711"].reshape(-1, len(LABELS)).argmax(1) == 3))])
    return markdown(["trained on", "UAR on German, G.711", "recall of anger", "recall of neutral", "unheard English called neutral, %"], rows)


def main(work, models):
    models = Path(models)
    description = json.loads((models / "emotion.json").read_text())
    own, with_english, final = (dict(np.load(Path(work) / f"{n}.npz")) for n in ("folds", "folds-english", "final"))
    corpus, table = Corpus(work), tables.load(work)
    speakers = [f"{who[-2:]} {percent(uar(own['truth'][own['speaker'] == who], own['logits g711'][own['speaker'] == who].argmax(1)))}"
                for who in sorted(set(own["speaker"]))]
    text = "\n".join([
        "Leave-one-speaker-out over the ten actors, five classes, 408 clips, in %:\n", main_table(baseline_results(corpus), own),
        f"Calibrated, each speaker with the others' temperature; frustrated at {description['thresholds']['frustrated']}:\n",
        conditions_table(own, description), "UAR on G.711 by speaker: " + ", ".join(speakers) + ".\n",
        "False \"frustrated\" on neutral English, per utterance:\n", false_table(final, own, with_english, description),
        "Threshold set on half of the English speakers, false ones among the other half's utterances: "
        + split_threshold(final, table, description) + ".\n",
        "What English in the training would change:\n", english_means_neutral(own, with_english),
        "What becomes of the emotions that have no class:\n", others_table(own), "Confusion:\n", confusion_tables(own)])
    card = models / "README.md"
    before, rest = card.read_text().split(BEGIN)
    card.write_text(before + BEGIN + "\n" + text.strip() + "\n" + END + rest.split(END)[1])
    print(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
