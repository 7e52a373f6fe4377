"""The network. Everything from raw features to logits is in it, so that nothing is left for the caller to get wrong."""
import torch
from torch import nn

from corpus import BANDS, EMOTIONS

# Natural logarithms of power, as the features are: 39 dB and 25 dB below the loudest frame.
FLOOR_BELOW_PEAK = 9.0
SPEECH_BELOW_PEAK = 5.75


class FrontEnd(nn.Module):
    """Takes the line's gain and noise floor out, and says which frames are speech."""

    def forward(self, x):
        mel, hz, clarity = x[:, :, :BANDS], x[:, :, BANDS:BANDS + 1], x[:, :, BANDS + 1:]
        energy = torch.log(torch.mean(torch.exp(mel), dim=2, keepdim=True))
        peak = torch.amax(energy, dim=1, keepdim=True)
        speech = torch.sigmoid(2 * (energy - peak + SPEECH_BELOW_PEAK))
        count = torch.sum(speech, dim=1, keepdim=True)
        level = torch.sum(speech * energy, dim=1, keepdim=True) / count
        mel = torch.maximum(mel, peak - FLOOR_BELOW_PEAK) - level
        tilt = torch.sum(speech * mel, dim=1, keepdim=True) / count

        octaves = torch.log(torch.clamp(hz, min=60.0) / 150) / 0.6931472
        voiced = torch.clamp(hz, max=1.0)
        heard = voiced * speech
        mean = torch.sum(heard * octaves, dim=1, keepdim=True) / (torch.sum(heard, dim=1, keepdim=True) + 1)
        pitch = torch.cat([octaves * voiced, (octaves - mean) * voiced, voiced, clarity, (energy - level) / 3, speech], dim=2)
        return mel, tilt, pitch, speech


class Pooling(nn.Module):
    """Attention over time: weighted mean and deviation of every channel."""

    def __init__(self, channels):
        super().__init__()
        self.score = nn.Sequential(nn.Conv1d(channels, 32, 1), nn.Tanh(), nn.Conv1d(32, 1, 1))

    def forward(self, x):
        weight = torch.softmax(self.score(x), dim=2)
        mean = torch.sum(weight * x, dim=2)
        spread = torch.sqrt(torch.clamp(torch.sum(weight * x * x, dim=2) - mean * mean, min=1e-4))
        return torch.cat([mean, spread], dim=1)


def block1d(inputs, outputs, kernel, stride=1, dilation=1):
    return nn.Sequential(nn.Conv1d(inputs, outputs, kernel, stride, padding=dilation * (kernel // 2), dilation=dilation, bias=False),
                         nn.BatchNorm1d(outputs), nn.ReLU())


def block2d(inputs, outputs, stride):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class EmotionNet(nn.Module):
    """Two views of the voice, pooled over time and joined: its spectrum as a picture, and melody with loudness."""

    def __init__(self, cmn=0.5, width=16, dropout=0.4, classes=len(EMOTIONS), tdnn=True, picture=True):
        super().__init__()
        self.cmn = cmn
        self.front = FrontEnd()
        self.bands = nn.BatchNorm1d(BANDS)
        self.melody_norm = nn.BatchNorm1d(6)
        w = width
        self.picture = nn.Sequential(block2d(1, w, (2, 2)), block2d(w, 2 * w, (2, 2)), block2d(2 * w, 3 * w, (2, 1)), block2d(3 * w, 4 * w, (2, 1))) if picture else None
        self.picture_out = block1d(4 * w * 4, 96, 1) if picture else None
        self.tdnn = nn.Sequential(block1d(BANDS + 6, 64, 5, 2), block1d(64, 64, 3, 2), block1d(64, 96, 3)) if tdnn else None
        self.melody = nn.Sequential(block1d(6, 24, 5, 2), block1d(24, 32, 5, 2), block1d(32, 32, 5))
        channels = 96 * (picture + tdnn) + 32
        self.pool = Pooling(channels)
        self.out = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * channels, 64), nn.ReLU(), nn.Dropout(dropout / 2), nn.Linear(64, classes))

    def forward(self, x):
        mel, tilt, pitch, _ = self.front(x)
        mel = self.bands((mel - self.cmn * tilt).transpose(1, 2))
        pitch = self.melody_norm(pitch.transpose(1, 2))
        views = [self.melody(pitch)]
        if self.picture is not None:
            image = self.picture(mel.unsqueeze(1))
            views.append(self.picture_out(image.flatten(1, 2)))
        if self.tdnn is not None:
            views.append(self.tdnn(torch.cat([mel, pitch], dim=1)))
        return self.out(self.pool(torch.cat(views, dim=1)))
