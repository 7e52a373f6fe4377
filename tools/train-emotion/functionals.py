"""What is said about an utterance: statistics of its spectrum, melody, loudness and voice over time, as a part of the graph.

With 400 clips of ten actors, statistics that phonetics has known for long (F. Eyben et al., "The Geneva Minimalistic Acoustic
Parameter Set", IEEE Trans. Affective Computing 7, 2016) leave less to be learned by heart than a network over frames does.
"""
import math

import torch
from torch import nn
from torch.nn import functional

from corpus import BANDS

CEPSTRA = 20
# Natural logarithms of power: 39 dB and 25 dB below the loudest frame.
FLOOR_BELOW_PEAK, SPEECH_BELOW_PEAK = 9.0, 5.75
LONGEST_LAG = 64
FRAMES_PER_SECOND = 100.0
LOWEST_HZ, HIGHEST_HZ = 60.0, 3800.0


def _mel_to_hz(mel):
    return mel * 200 / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)


def _hz_to_mel(hz):
    return hz / (200 / 3) if hz < 1000 else 15 + math.log(hz / 1000) * 27 / math.log(6.4)


def _edges():
    low, high = _hz_to_mel(LOWEST_HZ), _hz_to_mel(HIGHEST_HZ)
    return torch.tensor([_mel_to_hz(low + i * (high - low) / (BANDS + 1)) for i in range(BANDS + 2)])


def _moments(x, weight, which):
    """Weighted statistics over time of [batch, frames, values]: mean, log deviation, skewness, slope per second, log kurtosis."""
    count = weight.sum(1, keepdim=True) + 1e-3
    mean = (weight * x).sum(1, keepdim=True) / count
    centred = x - mean
    variance = (weight * centred * centred).sum(1, keepdim=True) / count
    results = []
    if "m" in which:
        results.append(mean)
    if "s" in which:
        results.append(0.5 * torch.log(variance + 1e-4))
    if "k" in which:
        results.append((weight * centred ** 3).sum(1, keepdim=True) / count / torch.sqrt(variance + 1e-4) ** 3)
    if "t" in which:
        time = torch.cumsum(torch.ones_like(weight), 1) / FRAMES_PER_SECOND
        late = time - (weight * time).sum(1, keepdim=True) / count
        spread = (weight * late * late).sum(1, keepdim=True) / count + 1e-2
        results.append((weight * centred * late).sum(1, keepdim=True) / count / spread)
    if "q" in which:
        results.append(torch.log((weight * centred ** 4).sum(1, keepdim=True) / count / torch.clamp(variance, min=1e-4) ** 2 + 0.1))
    return torch.cat(results, 2)


def _changes(x, weight, lags):
    """The mean change over so many frames: how quickly something moves, from syllables to phrases."""
    results = []
    for lag in lags:
        both = weight[:, lag:] * weight[:, :-lag]
        results.append((both * torch.abs(x[:, lag:] - x[:, :-lag])).sum(1, keepdim=True) / (both.sum(1, keepdim=True) + 1))
    return torch.cat(results, 2)


def _extremes(x, weight, sharpness):
    """Soft maximum, soft minimum, and what lies between."""
    count = weight.sum(1, keepdim=True) + 1e-3
    high = torch.log((weight * torch.exp(sharpness * x)).sum(1, keepdim=True) / count + 1e-6) / sharpness
    low = -torch.log((weight * torch.exp(-sharpness * x)).sum(1, keepdim=True) / count + 1e-6) / sharpness
    return torch.cat([high, low, high - low], 2)


def _correlation(x, y, weight):
    count = weight.sum(1, keepdim=True) + 1e-3
    x = x - (weight * x).sum(1, keepdim=True) / count
    y = y - (weight * y).sum(1, keepdim=True) / count
    power = ((weight * x * x).sum(1, keepdim=True) / count + 1e-3) * ((weight * y * y).sum(1, keepdim=True) / count + 1e-3)
    return (weight * x * y).sum(1, keepdim=True) / count / torch.sqrt(power)


def _slope(x):
    """Regression over five frames; 0 at the ends."""
    inner = (2 * (x[:, 4:] - x[:, :-4]) + x[:, 3:-1] - x[:, 1:-3]) / 10
    return functional.pad(inner, (0, 0, 2, 2))


class Functionals(nn.Module):
    """Features of a call, [batch, frames, 66], to statistics, [batch, COUNT]. Gain, pauses around the speech and a low noise floor
    change nothing or little; any number of frames of silence may stand at the end."""

    def __init__(self):
        super().__init__()
        edges = _edges()
        hz = edges[1:-1]
        k, band = torch.arange(CEPSTRA)[:, None], torch.arange(BANDS)[None]
        dct = torch.cos(math.pi * k * (2 * band + 1) / (2 * BANDS)) * math.sqrt(2 / BANDS)
        dct[0] /= math.sqrt(2)
        self.register_buffer("dct", dct.T.contiguous())
        self.register_buffer("width", (edges[2:] - edges[:-2]) / 2)
        self.register_buffer("octaves", torch.log2(hz / 1000))

        def group(ranges):
            return torch.stack([((hz >= a) & (hz < z)).float() for a, z in ranges], 1)

        self.register_buffer("areas", group([(300, 600), (600, 1000), (1000, 1600), (1600, 2300), (2300, 3000), (3000, 3500)]))
        self.register_buffer("halves", group([(0, 1000), (1000, 4000)]))
        self.register_buffer("formants", group([(250, 1000), (1000, 2200), (2200, 3500)]))
        self.register_buffer("quads", torch.eye(16).repeat_interleave(4, 0) / 4)
        self.split = int((hz < 1500).sum())

    def forward(self, features):
        # Silence behind, so that the longest lag fits into the shortest utterance.
        features = torch.cat([features, torch.cat([torch.full_like(features[:, :1, :BANDS], math.log(1e-10)),
                                                   torch.zeros_like(features[:, :1, BANDS:])], 2).repeat(1, LONGEST_LAG + 1, 1)], 1)
        mel, hz, clarity = features[:, :, :BANDS], features[:, :, BANDS:BANDS + 1], features[:, :, BANDS + 1:]
        energy = torch.log((torch.exp(mel) * self.width).mean(2, keepdim=True))
        peak = energy.amax(1, keepdim=True)
        speech = torch.sigmoid(2 * (energy - peak + SPEECH_BELOW_PEAK))
        # 1 from the first frame of speech to the last, pauses included.
        behind = torch.cumsum(speech, 1)
        span = torch.clamp(behind, max=1) * torch.clamp(behind[:, -1:] - behind + speech, max=1)
        level = (speech * energy).sum(1, keepdim=True) / speech.sum(1, keepdim=True)
        mel = torch.maximum(mel, peak - FLOOR_BELOW_PEAK - math.log(float(self.width.mean()))) - level
        energy = torch.maximum(energy, peak - FLOOR_BELOW_PEAK) - level

        cepstrum = mel @ self.dct
        shape, areas, tilt = self._shape(mel)
        voicing = torch.clamp(hz, max=1)
        voiced, unvoiced = voicing * speech, (1 - voicing) * speech
        octave = torch.log(torch.clamp(hz, min=LOWEST_HZ) / 150) / math.log(2)
        loud = voiced * torch.exp(torch.clamp(energy, min=-3, max=3))
        timbre = _slope(cepstrum)[:, :, :14]
        rise = _slope(energy)
        loudness = torch.cat([energy, clarity], 2)
        parts = [
            _moments(cepstrum[:, :, 1:], voiced, "ms"), _moments(cepstrum[:, :, 1:13], voiced, "kt"), _moments(shape, voiced, "mskt"),
            _moments(areas, voiced, "mst"), _moments(cepstrum[:, :, 1:13], unvoiced, "m"), _moments(shape[:, :, :5], unvoiced, "ms"),
            _moments(cepstrum[:, :, 1:13], loud, "m"), _moments(timbre, speech, "s"), _moments(_slope(timbre), speech, "s"),
            _moments(torch.abs(_slope(shape)), voiced, "m"), _moments(mel @ self.quads, voiced, "ms"),
            _moments(mel @ self.quads - energy, speech, "k"),
            _moments(loudness, span, "mskt"), _moments(loudness, speech, "mskt"), _moments(loudness, voiced, "mskt"),
            _moments(torch.cat([rise, torch.abs(rise)], 2), speech, "msk"),
            _changes(energy, span, (4, 8, 16, 32, LONGEST_LAG)), _changes(cepstrum[:, :, 1:6], speech, (4, 8, 16)),
            _changes(clarity, speech, (4, 16)), _extremes(energy, speech, 2.0),
            *self._melody(octave, voiced, loud),
            voiced.sum(1, keepdim=True) / span.sum(1, keepdim=True), speech.sum(1, keepdim=True) / span.sum(1, keepdim=True),
            _changes(voicing, speech, (1,)), _changes(speech, span, (1,)),
            _correlation(energy, octave, voiced), _correlation(energy, tilt, voiced), _correlation(octave, tilt, voiced),
        ]
        return torch.cat(parts, 2)[:, 0]

    def _shape(self, mel):
        """Each frame's spectral tilt, centre, spread, evenness, formant regions and change; and the power of six areas."""
        power = torch.exp(mel) * self.width
        total = power.sum(2, keepdim=True)
        halves = torch.log(power @ self.halves + 1e-6)
        tilt = halves[:, :, 1:] - halves[:, :, :1]
        peaks = mel[:, :, :self.split].amax(2, keepdim=True) - mel[:, :, self.split:].amax(2, keepdim=True)
        centre = (power * self.octaves).sum(2, keepdim=True) / total
        spread = torch.sqrt((power * (self.octaves - centre) ** 2).sum(2, keepdim=True) / total)
        share = power / total
        evenness = -(share * torch.log(share + 1e-9)).sum(2, keepdim=True)
        formants = ((power * self.octaves) @ self.formants) / (power @ self.formants + 1e-6)
        change = functional.pad(torch.sqrt(((mel[:, 1:] - mel[:, :-1]) ** 2).mean(2, keepdim=True)), (0, 0, 1, 0))
        areas = torch.log(power @ self.areas + 1e-6)
        return torch.cat([tilt, peaks, centre, spread, evenness, formants, change], 2), areas, tilt

    def _melody(self, octave, voiced, loud):
        step = octave[:, 1:] - octave[:, :-1]
        # A jump of a fifth of an octave within 10 ms is the tracker's, not the speaker's.
        step = functional.pad(step * (torch.abs(step) < 0.2).float(), (0, 0, 1, 0))
        both = functional.pad(voiced[:, 1:] * voiced[:, :-1], (0, 0, 1, 0))
        tremble = functional.pad(torch.abs(step[:, 1:] - step[:, :-1]), (0, 0, 1, 0))
        return (_moments(octave, voiced, "msktq"), _moments(step, both, "mskq"), _moments(torch.abs(step), both, "m"),
                _moments(tremble, both, "m"), _moments(octave, loud, "m"), _changes(octave, voiced, (4, 8, 16, 32)),
                _extremes(octave, voiced, 12.0))
