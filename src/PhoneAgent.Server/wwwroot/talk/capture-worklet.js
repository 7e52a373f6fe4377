// The microphone as frames of 20 ms, 16 kHz, 16-bit PCM. Posts {samples: Int16Array, time, level}; `time` counts samples at
// 16 kHz since the start, also while nobody wants them.
import { Resampler } from './resampler.js';

const RATE = 16000;
const FRAME = RATE / 50;
const QUANTUM = 128;

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE, QUANTUM);
  #frame = new Float32Array(FRAME);
  #count = 0;
  #time = 0;
  #silence = new Float32Array(QUANTUM);

  process(inputs) {
    // No channel: the device is gone or not there yet. Time goes on.
    const input = inputs[0][0] ?? this.#silence;
    this.#resampler.push(input, input.length);
    for (;;) {
      this.#count += this.#resampler.pull(this.#frame, this.#count, FRAME - this.#count);
      if (this.#count < FRAME) return true;
      this.#post();
    }
  }

  #post() {
    const samples = new Int16Array(FRAME);
    let energy = 0;
    for (let i = 0; i < FRAME; i++) {
      const value = Math.max(-1, Math.min(1, this.#frame[i]));
      samples[i] = value < 0 ? value * 32768 : value * 32767;
      energy += value * value;
    }
    this.port.postMessage({ samples, time: this.#time, level: Math.sqrt(energy / FRAME) }, [samples.buffer]);
    this.#time += FRAME;
    this.#count = 0;
  }
}

registerProcessor('phoneagent-capture', Capture);
