#!/usr/bin/env python3
"""Writes the reference vectors of the spectral features, from the published formulas and in double precision.

    apt-get install python3-numpy
    /usr/bin/python3 tests/PhoneAgent.Tests/Audio/Features/Vectors/make_vectors.py

Slaney's mel scale and area norm: M. Slaney, Auditory Toolbox, 1998. Contrast: Jiang et al., ICME 2002.
Chroma: D. Ellis, 2007. The spectrum comes from numpy's FFT, the filters from matrices over all bins: nothing here is
built as the C# is.
"""
import os
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
RATE, WINDOW, HOP, SIZE, BANDS = 16000, 400, 160, 512, 64
LOW, HIGH = 60.0, 3800.0


def signal():
    """A voice-like glide with vibrato and six harmonics, then a chord, noise and silence: 0.3 s."""
    t = np.arange(3200) / RATE
    phase = 2 * np.pi * np.cumsum(120 + 200 * t + 3 * np.sin(2 * np.pi * 5 * t)) / RATE
    voice = sum(np.sin(k * phase + k * k) / k for k in range(1, 25)) * 6000 * np.minimum(1, t * 20)
    t = np.arange(800) / RATE
    chord = sum(5000 * np.sin(2 * np.pi * f * t) for f in (261.626, 329.628, 391.995))
    noise = np.random.default_rng(4).normal(0, 900, 400)
    return np.rint(np.concatenate([voice, chord, noise, np.zeros(560)])).astype(np.int16)


def frames(x):
    count = 1 + (len(x) - WINDOW) // HOP
    return np.stack([x[i * HOP:i * HOP + WINDOW] for i in range(count)])


def mel_matrix():
    step = np.log(6.4) / 27
    mel = lambda f: np.where(f < 1000, 3 * f / 200, 15 + np.log(np.maximum(f, 1e-9) / 1000) / step)
    hz = lambda m: np.where(m < 15, 200 * m / 3, 1000 * np.exp((m - 15) * step))
    edges = hz(np.linspace(mel(np.array(LOW)), mel(np.array(HIGH)), BANDS + 2))
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)
    rows = []
    for left, centre, right in zip(edges, edges[1:], edges[2:]):
        triangle = np.interp(bins, [left, centre, right], [0, 1, 0])
        rows.append(triangle * 2 / (right - left))
    return np.array(rows)


def deltas(c):
    padded = np.concatenate([np.repeat(c[:1], 4, axis=0), c])
    n = len(c)
    return sum(w * padded[k:k + n] for k, w in enumerate([-2, -1, 0, 1, 2])) / 10


def contrast(magnitude):
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)
    edges = [LOW, 200, 400, 800, 1600, 3200, HIGH]
    out = []
    for low, high in zip(edges, edges[1:]):
        band = np.sort(magnitude[:, (bins >= low) & (bins < high)], axis=1)
        n = max(1, int(0.2 * band.shape[1]))
        log = lambda part: np.log(np.maximum(part.mean(axis=1), 1e-5))
        out.append(log(band[:, -n:]) - log(band[:, :n]))
    return np.stack(out, axis=1)


def chroma(power):
    bins = np.fft.rfftfreq(SIZE, 1 / RATE)
    inside = (bins >= LOW) & (bins < HIGH)
    position = 9 + 12 * np.log2(bins[1:] / 440)
    position = np.append(position, 9 + 12 * np.log2(RATE / 2 * (1 + 2 / SIZE) / 440))
    width = np.maximum(1, np.diff(position))[inside[1:]]
    position = position[:-1][inside[1:]]
    distance = np.mod(position[None, :] - np.arange(12)[:, None] + 6, 12) - 6
    weights = np.exp(-0.5 * (2 * distance / width) ** 2)
    weights /= np.sqrt((weights ** 2).sum(axis=0))
    sums = power[:, inside] @ weights.T
    most = sums.max(axis=1, keepdims=True)
    return np.where(most < 1e-10, 0, sums / np.maximum(most, 1e-10))


def write(name, rows):
    np.savetxt(os.path.join(HERE, name + ".csv"), rows, fmt="%.8g", delimiter=",")


def main():
    x = signal()
    np.savetxt(os.path.join(HERE, "signal.csv"), x.reshape(-1, 40), fmt="%d", delimiter=",")
    cut = frames(x / 32768)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    magnitude = np.abs(np.fft.rfft(cut * hann, SIZE))
    log_mel = np.log(np.maximum(magnitude ** 2 @ mel_matrix().T, 1e-10))
    k, band = np.arange(13)[:, None], np.arange(BANDS)[None, :]
    dct = np.sqrt(np.where(k == 0, 1, 2) / BANDS) * np.cos(np.pi * k * (band + 0.5) / BANDS)
    mfcc = log_mel @ dct.T
    rms = np.sqrt((cut ** 2).mean(axis=1))
    write("logmel", log_mel)
    write("mfcc", np.hstack([mfcc, deltas(mfcc), deltas(deltas(mfcc))]))
    write("contrast", contrast(magnitude))
    write("chroma", chroma(magnitude ** 2))
    write("energy", np.maximum(-96, 20 * np.log10(np.maximum(rms, 1e-9)))[:, None])


if __name__ == "__main__":
    main()
