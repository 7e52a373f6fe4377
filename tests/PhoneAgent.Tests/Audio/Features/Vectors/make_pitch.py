#!/usr/bin/env python3
"""Writes the reference pitch of some recorded speech, by another method than the C#: P. Boersma's autocorrelation divided by
the window's own (IFA Proceedings 17, 1993), with his octave and transition costs and the best path over the whole file.

    apt-get install python3-numpy
    /usr/bin/python3 tests/PhoneAgent.Tests/Audio/Features/Vectors/make_pitch.py ../shared

Row i of pitch-NAME.csv is the pitch at 10·i ms, 0 where it is unvoiced.
"""
import os
import sys
import wave
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ["jfk/jfk.wav", "an4/an251-fash-b.wav", "an4/an5-mblw-b.wav", "speechbrain/spk1_snt1.wav", "speechbrain/spk2_snt4.wav"]
LOW, HIGH, CANDIDATES = 60.0, 400.0, 12
SILENCE, VOICING, OCTAVE, JUMP, VOICE_CHANGE = 0.03, 0.5, 0.01, 0.35, 0.14


def candidates(x, rate, at, peak):
    size = int(3 * rate / LOW)
    padded = np.concatenate([np.zeros(size), x, np.zeros(size)])
    part = padded[at + size - size // 2:at + size - size // 2 + size]
    part = part - part.mean()
    loud = np.abs(part).max() / peak
    found = [(0.0, VOICING + max(0, 2 - loud / SILENCE * (1 + VOICING)))]
    if loud < 1e-4:
        return found
    hann = np.hanning(size + 2)[1:-1]
    auto = lambda s: np.fft.irfft(np.abs(np.fft.rfft(s, 4 * size)) ** 2)[:size]
    r = auto(part * hann)
    w = auto(hann)
    r, w = r / r[0], w / w[0]
    last = int(rate / LOW) + 1
    r = r[:last + 2] / w[:last + 2]
    for lag in range(int(rate / HIGH), last + 1):
        if r[lag] > r[lag - 1] and r[lag] >= r[lag + 1] and r[lag] > 0.25:
            curve = r[lag - 1] - 2 * r[lag] + r[lag + 1]
            shift = 0.5 * (r[lag - 1] - r[lag + 1]) / curve
            top = r[lag] - 0.25 * (r[lag - 1] - r[lag + 1]) * shift
            hz = rate / (lag + shift)
            found.append((hz, min(top, 1 / top) + OCTAVE * np.log2(hz / LOW)))
    return sorted(found, key=lambda c: -c[1])[:CANDIDATES]


def step(a, b):
    if (a == 0) != (b == 0):
        return VOICE_CHANGE
    return 0 if a == 0 else JUMP * abs(np.log2(a / b))


def track(x, rate):
    peak = np.abs(x).max()
    frames = [candidates(x, rate, at, peak) for at in range(0, len(x), rate // 100)]
    scores, back = [s for _, s in frames[0]], []
    for before, now in zip(frames, frames[1:]):
        costs = np.array([[scores[i] - step(a, b) for i, (a, _) in enumerate(before)] for b, _ in now])
        back.append(costs.argmax(axis=1))
        scores = costs.max(axis=1) + np.array([s for _, s in now])
    at = int(np.argmax(scores))
    path = [frames[-1][at][0]]
    for choice, frame in zip(reversed(back), reversed(frames[:-1])):
        at = choice[at]
        path.append(frame[at][0])
    return path[::-1]


def main():
    for name in FILES:
        with wave.open(os.path.join(sys.argv[1], "data", "speech", name)) as wav:
            assert wav.getnchannels() == 1 and wav.getsampwidth() == 2
            rate = wav.getframerate()
            x = np.frombuffer(wav.readframes(wav.getnframes()), "<i2") / 32768
        short = os.path.splitext(os.path.basename(name))[0]
        np.savetxt(os.path.join(HERE, f"pitch-{short}.csv"), track(x, rate), fmt="%.5g")


if __name__ == "__main__":
    main()
