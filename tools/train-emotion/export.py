"""Writes a model as ONNX with its description, and the vectors of the parity test."""
import hashlib
import json
import warnings

import numpy as np
import torch

from corpus import BANDS, CHANNELS


def export(model, folder, description):
    model.eval()
    path = folder / "emotion.onnx"
    with warnings.catch_warnings():
        # The exporter cannot infer the type of a constant and says so; the parity test checks what comes out.
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.from_numpy(synthetic(120, 0))[None], str(path), opset_version=13, input_names=["features"],
                          output_names=["logits"], dynamic_axes={"features": {1: "frames"}}, do_constant_folding=True)
    description = dict(description, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    (folder / "emotion.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
    return model


def synthetic(frames, seed):
    """Made by integer arithmetic, so that any language makes the same: see ShippedEmotionModelTests."""
    state = np.arange(frames * CHANNELS, dtype=np.int64).reshape(frames, CHANNELS)
    values = ((state * 7919 + seed * 104729) % 1009) / 1009.0
    rows = (values * 12 - 14).astype(np.float32)
    voiced = (np.arange(frames) // 20 + seed) % 2 == 0
    rows[:, BANDS] = np.where(voiced, 90 + 200 * values[:, BANDS], 0).astype(np.float32)
    rows[:, BANDS + 1] = values[:, BANDS + 1].astype(np.float32)
    return rows


@torch.no_grad()
def write_vectors(model, path):
    """One line a case: seed, frames, logits."""
    lines = []
    for seed, frames in ((0, 50), (1, 137), (2, 400)):
        logits = model(torch.from_numpy(synthetic(frames, seed))[None])[0].numpy()
        lines.append(",".join([str(seed), str(frames), *(f"{v:.6f}" for v in logits)]))
    path.write_text("\n".join(lines) + "\n")
