/**
 * A call with a PhoneAgent from a web page.
 *
 *     import { PhoneAgentClient } from '/assets/talk/phoneagent-client.js';
 *     const client = new PhoneAgentClient();
 *     client.addEventListener('agent-text', ({ detail }) => console.log(detail.text));
 *     await client.call();          // from a click: browsers start sound for people only
 *     client.hangUp();
 *
 * Events carry the protocol's message in `detail` (PROTOCOL.md): ready, interim, final, emotion, agent-text, agent-heard,
 * interrupt, state, hold, wake, bye. Besides:
 *   connection {state}      'connecting', 'open', 'lost' (it is trying again), 'over'
 *   over {code, reason}     the call is over; close codes are in PROTOCOL.md
 *   level {caller, agent}   loudness 0–1, some times a second
 *   network {roundTripMs, underruns, targetMs, quality}   'good', 'fair' or 'poor'
 *
 * One client is one call; make a new one for the next.
 */
import { VoiceSocket } from './voice-socket.js';

const HERE = new URL('.', import.meta.url);
const CAPABILITIES = ['interim', 'final', 'emotion', 'agent-text', 'state', 'resume'];
const FORWARDED = ['ready', 'interim', 'final', 'emotion', 'agent-text', 'agent-heard', 'state', 'hold', 'wake', 'bye'];

export class PhoneAgentClient extends EventTarget {
  #options;
  #socket;
  #context;
  #stream;
  #source;
  #capture;
  #playback;
  #output;
  #isMuted = false;
  #isTalking = true;
  #callerLevel = 0;
  #network = { roundTripMs: 0, underruns: 0, recent: 0, targetMs: 0 };

  /** @param options server: its address, this page's by default; to: who is called; input, output: ids of devices. */
  constructor(options = {}) {
    super();
    this.#options = { server: location.origin, ...options };
  }

  /** What the agent says, as an AudioNode; null before the call. */
  get output() {
    return this.#output ?? null;
  }

  /** Asks for the microphone and calls. Rejects when there is no microphone, or the browser lacks what is needed. */
  async call() {
    if (!window.AudioWorkletNode || !navigator.mediaDevices) throw new Error('This browser cannot talk: it lacks audio worklets, or the page is not served by https or from this machine.');
    this.#emit('connection', { state: 'connecting' });
    try {
      await this.#openMicrophone();
      await this.#openAudio();
    } catch (error) {
      await this.#close();
      throw error;
    }
    this.#openSocket();
    try {
      await this.#socket.connect();
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  hangUp() {
    this.#socket?.hangUp();
  }

  /** Nothing that the microphone hears is sent. */
  set muted(value) {
    this.#isMuted = value;
  }

  get muted() {
    return this.#isMuted;
  }

  /** Push to talk: false while the key is up. True by default: always. */
  set talking(value) {
    this.#isTalking = value;
  }

  /** 'open', or 'wake-word': only what follows the wake word is for the agent. */
  listen(mode) {
    this.#socket?.send({ type: 'listen', mode });
  }

  /** A key of a telephone: 0–9 * #. */
  press(digit) {
    this.#socket?.send({ type: 'dtmf', digit });
  }

  hold(held) {
    this.#socket?.send({ type: 'hold', held });
  }

  /** Breaks the connection as a bad network does, to see it come back. */
  drop() {
    this.#socket?.drop();
  }

  /** Another microphone, during the call. */
  async useInput(id) {
    this.#options.input = id;
    if (!this.#context) return;
    const before = this.#stream;
    await this.#openMicrophone();
    this.#source.disconnect();
    this.#connectMicrophone();
    before.getTracks().forEach(track => track.stop());
  }

  /** Another loudspeaker, where the browser lets pages choose. */
  async useOutput(id) {
    this.#options.output = id;
    if (this.#context?.setSinkId) await this.#context.setSinkId(id);
  }

  async #openMicrophone() {
    this.#stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        deviceId: this.#options.input ? { exact: this.#options.input } : undefined,
        channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true,
      },
    });
  }

  async #openAudio() {
    const context = this.#context = new AudioContext({ latencyHint: 'interactive' });
    await Promise.all(['capture-worklet.js', 'playback-worklet.js'].map(file => context.audioWorklet.addModule(new URL(file, HERE))));
    this.#playback = new AudioWorkletNode(context, 'phoneagent-playback', { numberOfInputs: 0, outputChannelCount: [1] });
    this.#playback.port.onmessage = ({ data }) => this.#onPlayback(data);
    this.#output = context.createGain();
    this.#playback.connect(this.#output).connect(context.destination);
    this.#capture = new AudioWorkletNode(context, 'phoneagent-capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    this.#capture.port.onmessage = ({ data }) => this.#onCapture(data);
    this.#connectMicrophone();
    if (this.#options.output) await this.useOutput(this.#options.output);
    await context.resume();
  }

  #connectMicrophone() {
    this.#source = this.#context.createMediaStreamSource(this.#stream);
    this.#source.connect(this.#capture);
  }

  #openSocket() {
    const url = new URL('/talk/socket', this.#options.server);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = this.#socket = new VoiceSocket({ url, capabilities: CAPABILITIES, to: this.#options.to, getToken: () => this.#getToken() });
    for (const type of FORWARDED) socket.addEventListener(type, ({ detail }) => this.#emit(type, detail));
    socket.addEventListener('ready', () => this.#emit('connection', { state: 'open' }));
    socket.addEventListener('audio', ({ detail }) => this.#playback?.port.postMessage(detail));
    // First the queue, then whoever watches.
    socket.addEventListener('interrupt', ({ detail }) => {
      this.#playback?.port.postMessage('flush');
      this.#emit('interrupt', detail);
    });
    socket.addEventListener('pong', ({ detail }) => this.#onPong(detail.roundTripMs));
    socket.addEventListener('lost', () => this.#emit('connection', { state: 'lost' }));
    socket.addEventListener('over', ({ detail }) => this.#onOver(detail));
  }

  async #getToken() {
    const response = await fetch(new URL('/talk/token', this.#options.server), { method: 'POST', headers: { Accept: 'application/json' } });
    if (!response.ok) throw new Error(response.status === 401 ? 'You are not logged in any more.' : `The server gives no token (${response.status}).`);
    return (await response.json()).token;
  }

  #onCapture({ samples, time, level }) {
    const isHeard = !this.#isMuted && this.#isTalking;
    this.#callerLevel = isHeard ? Math.max(this.#callerLevel, level) : 0;
    if (isHeard) this.#socket?.sendAudio(samples, time);
    else this.#socket?.skipAudio();
  }

  #onPlayback({ level, underruns, targetMs }) {
    this.#emit('level', { caller: Math.min(1, this.#callerLevel * 4), agent: Math.min(1, level * 1.5) });
    this.#callerLevel = 0;
    this.#network.recent = Math.max(0, this.#network.recent * 0.98 + underruns - this.#network.underruns);
    Object.assign(this.#network, { underruns, targetMs });
  }

  #onPong(roundTripMs) {
    const network = this.#network;
    network.roundTripMs = network.roundTripMs ? network.roundTripMs * 0.7 + roundTripMs * 0.3 : roundTripMs;
    const quality = network.roundTripMs < 150 && network.recent < 1 ? 'good' : network.roundTripMs < 400 && network.recent < 4 ? 'fair' : 'poor';
    this.#emit('network', { roundTripMs: network.roundTripMs, underruns: network.underruns, targetMs: network.targetMs, quality });
  }

  async #onOver(detail) {
    // What the agent said last is still in the queue.
    if (detail.code === 1000 && this.#context) await new Promise(resolve => setTimeout(resolve, 400));
    await this.#close();
    this.#emit('connection', { state: 'over' });
    this.#emit('over', detail);
  }

  async #close() {
    this.#stream?.getTracks().forEach(track => track.stop());
    const context = this.#context;
    this.#context = this.#capture = this.#playback = undefined;
    if (context && context.state !== 'closed') await context.close();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
