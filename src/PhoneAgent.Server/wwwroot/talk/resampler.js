// Changes the rate of one stream by a windowed-sinc FIR, evaluated at one of PHASES places between two input samples
// (Smith, "Digital Audio Resampling"). 160 phases are exact for 44.1 kHz and 48 kHz to and from 16 kHz. Keeps its state
// between calls; allocates only in its constructor.
const PHASES = 160;
const HALF_WIDTH = 24; // zero crossings of the sinc on each side

export class Resampler {
  #table;
  #taps;
  #history;
  #filled = 0;
  #step;
  #position; // of the next output, in input samples from the start of the history

  constructor(sourceRate, targetRate, maxBlock) {
    const cutoff = Math.min(1, targetRate / sourceRate) * 0.91; // 7 kHz passes, and from half the lower rate on nothing does
    const half = Math.ceil(HALF_WIDTH / cutoff);
    this.#taps = 2 * half;
    this.#step = sourceRate / targetRate;
    this.#table = new Float32Array((PHASES + 1) * this.#taps);
    for (let phase = 0; phase <= PHASES; phase++) {
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap++) {
        const x = tap - half + 1 - phase / PHASES;
        const window = 0.42 + 0.5 * Math.cos(Math.PI * x / half) + 0.08 * Math.cos(2 * Math.PI * x / half);
        const value = Math.abs(x) >= half ? 0 : window * (x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x));
        this.#table[phase * this.#taps + tap] = value;
        sum += value;
      }
      // Each phase passes a constant unchanged; otherwise the phases would beat.
      for (let tap = 0; tap < this.#taps; tap++) this.#table[phase * this.#taps + tap] /= sum;
    }
    this.#history = new Float32Array(this.#taps + maxBlock);
    this.#filled = this.#taps - 1;
    this.#position = half - 1;
  }

  // Input samples that must be pushed before `count` outputs can be made.
  needed(count) {
    const last = this.#position + (count - 1) * this.#step;
    return Math.max(0, Math.floor(last) + this.#taps / 2 + 1 - this.#filled);
  }

  push(input, count) {
    this.#history.set(count === input.length ? input : input.subarray(0, count), this.#filled);
    this.#filled += count;
  }

  // Writes as many outputs as the input allows, at most `limit`; returns how many.
  pull(output, offset, limit) {
    const half = this.#taps / 2;
    let written = 0;
    while (written < limit && Math.floor(this.#position) + half < this.#filled) {
      const whole = Math.floor(this.#position);
      const phase = Math.round((this.#position - whole) * PHASES) * this.#taps;
      const first = whole - half + 1;
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap++) sum += this.#history[first + tap] * this.#table[phase + tap];
      output[offset + written++] = sum;
      this.#position += this.#step;
    }
    this.#forget();
    return written;
  }

  reset() {
    this.#history.fill(0);
    this.#filled = this.#taps - 1;
    this.#position = this.#taps / 2 - 1;
  }

  #forget() {
    const done = Math.max(0, Math.min(Math.floor(this.#position) - this.#taps / 2 + 1, this.#filled - this.#taps + 1));
    if (done === 0) return;
    this.#history.copyWithin(0, done, this.#filled);
    this.#filled -= done;
    this.#position -= done;
  }
}
