// Both waveforms, the tones of voice and the frustration of a call on one time axis, drawn on a canvas. Its colours are those
// of its legend, so that light and dark follow the style sheet.

const lanes = { caller: [0, 62], agent: [66, 62], tones: [136, 12], score: [156, 92] };
const axis = 22;
export const chartHeight = 156 + 92 + axis;

const toneKey = { calm: 'calm', happy: 'calm', anxious: 'tense', sad: 'tense', frustrated: 'angry', neutral: 'plain' };

export class CallChart {
  /** @param {HTMLCanvasElement} canvas @param {HTMLElement} legend with an element [data-key] for every colour */
  constructor(canvas, legend) {
    this.canvas = canvas;
    this.legend = legend;
    this.caller = [];
    this.agent = [];
    this.peakSeconds = 0.04;
    this.signs = [];
    this.tones = [];
    this.elapsed = 0;
    this.threshold = 0.55;
    this.halfLife = 45;
    this.window = 60;
    this.cursor = null;
    new ResizeObserver(() => this.draw()).observe(canvas);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  /** Levels 0–255 from a place on; what was behind it is replaced. */
  addPeaks(first, seconds, caller, agent) {
    this.peakSeconds = seconds;
    this.caller.length = Math.min(this.caller.length, first);
    this.agent.length = Math.min(this.agent.length, first);
    for (let i = 0; i < caller.length; i++) {
      this.caller.push(caller[i]);
      this.agent.push(agent[i]);
    }
  }

  /** The seconds that are shown: from, to. */
  get span() {
    const length = this.window > 0 ? this.window : Math.max(30, this.elapsed);
    const to = Math.max(length, this.elapsed);
    return [to - length, to];
  }

  timeAt(x) {
    const [from, to] = this.span;
    return from + (x / this.canvas.clientWidth) * (to - from);
  }

  scoreAt(time) {
    let last = null;
    for (const sign of this.signs) {
      if (sign.at > time) break;
      last = sign;
    }
    return last ? last.score * 0.5 ** ((time - last.at) / this.halfLife) : 0;
  }

  toneAt(time) {
    let last = null;
    for (const tone of this.tones) {
      if (tone.at > time + 0.2) break;
      last = tone;
    }
    return last;
  }

  draw() {
    const { canvas } = this;
    const width = canvas.clientWidth;
    if (width === 0) return;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(chartHeight * scale);
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    const colours = {};
    for (const key of this.legend.querySelectorAll('[data-key]')) colours[key.dataset.key] = getComputedStyle(key).backgroundColor;
    const style = getComputedStyle(canvas);
    colours.grid = style.borderTopColor;
    colours.text = style.color;
    const [from, to] = this.span;
    const x = (time) => ((time - from) / (to - from)) * width;

    this.#axis(pen, colours, from, to, x, width);
    this.#wave(pen, this.caller, lanes.caller, colours.caller, from, to, width);
    this.#wave(pen, this.agent, lanes.agent, colours.agent, from, to, width);
    this.#tones(pen, colours, from, x);
    this.#score(pen, colours, from, to, x, width);
    if (this.cursor !== null) line(pen, colours.text, x(this.cursor), 0, x(this.cursor), chartHeight - axis);
  }

  #axis(pen, colours, from, to, x, width) {
    const step = [5, 10, 15, 30, 60, 120, 300, 600, 1800].find((s) => ((to - from) / s) * 64 <= width) ?? 3600;
    pen.font = '11px system-ui, sans-serif';
    pen.fillStyle = colours.text;
    pen.textBaseline = 'bottom';
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
      line(pen, colours.grid, x(time), 0, x(time), chartHeight - axis);
      const text = `${Math.floor(time / 60)}:${String(time % 60).padStart(2, '0')}`;
      const at = Math.min(Math.max(x(time) - pen.measureText(text).width / 2, 0), width - pen.measureText(text).width);
      pen.fillText(text, at, chartHeight - 4);
    }
  }

  #wave(pen, peaks, [top, height], colour, from, to, width) {
    const middle = top + height / 2;
    pen.fillStyle = colour;
    pen.globalAlpha = 0.35;
    pen.fillRect(0, middle - 0.5, width, 1);
    pen.globalAlpha = 1;
    const bar = 3;
    for (let left = 0; left < width; left += bar) {
      const begin = Math.floor((from + (left / width) * (to - from)) / this.peakSeconds);
      const end = Math.max(begin + 1, Math.floor((from + ((left + bar) / width) * (to - from)) / this.peakSeconds));
      let level = 0;
      for (let i = Math.max(0, begin); i < end && i < peaks.length; i++) level = Math.max(level, peaks[i]);
      // The ear is logarithmic; a root is near enough for the eye.
      const half = Math.sqrt(level / 255) * (height / 2 - 2);
      if (half > 1) pen.fillRect(left, middle - half, bar - 1, 2 * half);
    }
  }

  // A tone holds from the end of its utterance to the next one's.
  #tones(pen, colours, from, x) {
    const [top, height] = lanes.tones;
    this.tones.forEach((tone, i) => {
      const end = this.tones[i + 1]?.at ?? this.elapsed;
      if (end < from) return;
      pen.globalAlpha = 0.45 + 0.55 * Math.min(1, tone.confidence);
      pen.fillStyle = colours[toneKey[tone.label] ?? 'plain'];
      pen.fillRect(x(tone.at) + 1, top, Math.max(2, x(end) - x(tone.at) - 2), height);
    });
    pen.globalAlpha = 1;
  }

  #score(pen, colours, from, to, x, width) {
    const [top, height] = lanes.score;
    const y = (score) => top + height - 3 - score * (height - 8);
    line(pen, colours.grid, 0, y(0), width, y(0));
    pen.setLineDash([4, 4]);
    line(pen, colours.text, 0, y(this.threshold), width, y(this.threshold));
    pen.setLineDash([]);
    const end = Math.min(to, this.elapsed);
    if (end <= from) return;
    pen.beginPath();
    pen.moveTo(x(Math.max(0, from)), y(this.scoreAt(Math.max(0, from))));
    for (let left = x(Math.max(0, from)); left <= x(end); left += 2) pen.lineTo(left, y(this.scoreAt(from + (left / width) * (to - from))));
    pen.lineTo(x(end), y(this.scoreAt(end)));
    pen.strokeStyle = colours.score;
    pen.lineWidth = 2;
    pen.stroke();
    pen.lineTo(x(end), y(0));
    pen.lineTo(x(Math.max(0, from)), y(0));
    pen.globalAlpha = 0.12;
    pen.fillStyle = colours.score;
    pen.fill();
    pen.globalAlpha = 1;
    for (const sign of this.signs) {
      if (sign.at < from) continue;
      pen.beginPath();
      pen.arc(x(sign.at), y(sign.score), 3.5, 0, 2 * Math.PI);
      pen.fillStyle = sign.amount > 0 ? colours.angry : colours.calm;
      pen.fill();
    }
  }
}

function line(pen, colour, x1, y1, x2, y2) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}
