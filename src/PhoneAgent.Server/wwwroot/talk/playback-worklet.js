// The agent's voice, out of a queue that evens out the network. Takes {samples: Int16Array of 16 kHz, startsSpurt} and 'flush'.
// It begins when TARGET ms wait; a queue that runs dry in the middle of a sentence makes the target grow, quiet times make it
// shrink. Posts its numbers four times a second.
import { Resampler } from './resampler.js';

const RATE = 16000;
const QUANTUM = 128;
const START_MS = 60;
const MIN_MS = 50;
const MAX_MS = 300;
const GROW_MS = 30;
const SHRINK_MS = 10;
const SHRINK_AFTER_S = 8;
const EXCESS_MS = 250; // above the target: it would never get less by itself
const CAPACITY = RATE * 4;
const REPORT_S = 0.25;

class Playback extends AudioWorkletProcessor {
  #queue = new Float32Array(CAPACITY);
  #read = 0;
  #waiting = 0;
  #resampler = new Resampler(RATE, sampleRate, 512);
  #block = new Float32Array(512);
  #last = 0;
  #isPlaying = false;
  #hasEnded = true; // the last spurt was played out: running dry is no fault
  #target = START_MS;
  #firstAt = 0;
  #calmSince = 0;
  #reportAt = 0;
  #level = 0;
  #underruns = 0;
  #dropped = 0;
  #flushes = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => data === 'flush' ? this.#flush() : this.#take(data);
  }

  process(_, outputs) {
    const output = outputs[0][0];
    if (!this.#isPlaying) this.#tryStart();
    const written = this.#isPlaying ? this.#play(output) : 0;
    if (this.#isPlaying && written < output.length) this.#runDry();
    this.#fade(output, written);
    for (let channel = 1; channel < outputs[0].length; channel++) outputs[0][channel].set(output);
    this.#report(output);
    return true;
  }

  #take({ samples, startsSpurt }) {
    if (startsSpurt && this.#waiting === 0) this.#hasEnded = true;
    if (this.#waiting === 0) this.#firstAt = currentTime;
    // A queue that ran dry inside a spurt was too short.
    if (!startsSpurt && !this.#isPlaying && this.#waiting === 0 && !this.#hasEnded) this.#grow();
    this.#hasEnded = false;
    for (let i = 0; i < samples.length; i++) this.#queue[(this.#read + this.#waiting + i) % CAPACITY] = samples[i] / 32768;
    this.#waiting += samples.length;
    const most = (this.#target + EXCESS_MS) * RATE / 1000;
    if (this.#waiting > most) {
      const excess = this.#waiting - this.#target * RATE / 1000;
      this.#skip(Math.floor(excess));
      this.#dropped += Math.floor(excess);
    }
  }

  #tryStart() {
    const wait = this.#target / 1000;
    // A spurt shorter than the target is not kept for ever.
    if (this.#waiting > 0 && (this.#waiting >= wait * RATE || currentTime - this.#firstAt >= wait)) this.#isPlaying = true;
  }

  #play(output) {
    const needed = Math.min(this.#resampler.needed(output.length), this.#waiting, this.#block.length);
    for (let i = 0; i < needed; i++) this.#block[i] = this.#queue[(this.#read + i) % CAPACITY];
    this.#skip(needed);
    this.#resampler.push(this.#block, needed);
    return this.#resampler.pull(output, 0, output.length);
  }

  #runDry() {
    this.#isPlaying = false;
    this.#resampler.reset();
  }

  #grow() {
    this.#underruns++;
    this.#target = Math.min(MAX_MS, this.#target + GROW_MS);
    this.#calmSince = currentTime;
  }

  #flush() {
    this.#flushes++;
    this.#skip(this.#waiting);
    this.#isPlaying = false;
    this.#hasEnded = true;
    this.#resampler.reset();
  }

  #skip(count) {
    this.#read = (this.#read + count) % CAPACITY;
    this.#waiting -= count;
  }

  // From the last sample to silence within the quantum, so that nothing clicks.
  #fade(output, from) {
    for (let i = from; i < output.length; i++) {
      output[i] = this.#last * Math.max(0, 1 - (i - from + 1) / 64);
    }
    this.#last = output[output.length - 1];
  }

  #report(output) {
    for (let i = 0; i < output.length; i++) this.#level = Math.max(this.#level, Math.abs(output[i]));
    if (currentTime - this.#calmSince > SHRINK_AFTER_S && this.#target > MIN_MS) {
      this.#target = Math.max(MIN_MS, this.#target - SHRINK_MS);
      this.#calmSince = currentTime;
    }
    if (currentTime < this.#reportAt) return;
    this.#reportAt = currentTime + REPORT_S;
    this.port.postMessage({
      waitingMs: this.#waiting * 1000 / RATE, targetMs: this.#target, underruns: this.#underruns, dropped: this.#dropped,
      flushes: this.#flushes, level: this.#level, isPlaying: this.#isPlaying,
    });
    this.#level = 0;
  }
}

registerProcessor('phoneagent-playback', Playback);
