// The voice protocol (PROTOCOL.md) over one WebSocket after the other: hello, frames, messages, and going on with the same
// call when a connection breaks. Knows nothing of microphones.
const HEADER = 16;
const VERSION = 1;
const PING_MS = 2000;
const RETRY_MS = [200, 500, 1000, 2000, 4000];
const LOST = 4000; // no goodbye: an empty close would count as one
const MAX_QUEUED_BYTES = 32000; // a second of audio that the network has not taken

// Closes after which there is nothing to go on with.
const FINAL = new Set([1000, 1009, 4400, 4401, 4403, 4404, 4406, 4409, 4429, 4503]);

export class VoiceSocket extends EventTarget {
  #options;
  #socket;
  #resume;
  #resumeUntil = 0;
  #resumeSeconds = 0;
  #attempts = 0;
  #retry;
  #ping;
  #sequence = 0;
  #isPaused = false;
  #skipped = true;
  #isOver = false;

  // options: { url, getToken: async () => token, capabilities, to }
  constructor(options) {
    super();
    this.#options = options;
  }

  async connect() {
    const hello = { type: 'hello', versions: [VERSION], rate: 16000, capabilities: this.#options.capabilities, to: this.#options.to };
    if (this.#resume) hello.resume = this.#resume;
    else hello.token = await this.#options.getToken();
    if (this.#isOver) return;
    const socket = this.#socket = new WebSocket(this.#options.url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = ({ data }) => typeof data === 'string' ? this.#onMessage(JSON.parse(data)) : this.#onAudio(data);
    socket.onclose = event => this.#onClose(event);
  }

  // Sends 20 ms. `time` in samples at 16 kHz. False when it was dropped: no connection, or it is behind.
  sendAudio(samples, time) {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || !this.#ping || this.#isPaused || socket.bufferedAmount > MAX_QUEUED_BYTES) {
      this.#skipped = true;
      return false;
    }
    const message = new ArrayBuffer(HEADER + samples.byteLength);
    const view = new DataView(message);
    view.setUint8(0, 1);
    view.setUint8(1, this.#skipped ? 1 : 0);
    view.setUint32(4, this.#sequence++, true);
    view.setUint32(8, 16000, true);
    view.setUint32(12, time >>> 0, true);
    new Int16Array(message, HEADER).set(samples);
    socket.send(message);
    this.#skipped = false;
    return true;
  }

  // Nothing is sent for this time: muted, or not talking.
  skipAudio() {
    this.#skipped = true;
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  hangUp() {
    this.#isOver = true;
    clearTimeout(this.#retry);
    this.send({ type: 'bye' });
    if (this.#socket?.readyState !== WebSocket.OPEN) this.#emit('over', { code: 1000, reason: 'hung up' });
  }

  // Breaks the connection as a network does; what comes then is the same as after a real loss.
  drop() {
    this.#lose(this.#socket);
  }

  #onMessage(message) {
    if (message.type === 'ready') this.#onReady(message);
    else if (message.type === 'flow') this.#isPaused = message.pause;
    else if (message.type === 'pong') message.roundTripMs = performance.now() - message.time;
    this.#emit(message.type, message);
  }

  #onReady(message) {
    this.#resume = message.resume;
    this.#resumeSeconds = message.resumeSeconds;
    this.#attempts = 0;
    this.#isPaused = false;
    this.#skipped = true;
    clearInterval(this.#ping);
    this.#ping = setInterval(() => this.send({ type: 'ping', time: performance.now() }), PING_MS);
    this.send({ type: 'ping', time: performance.now() });
  }

  #onAudio(data) {
    const view = new DataView(data);
    if (data.byteLength <= HEADER || view.getUint8(0) !== 1) return;
    this.#emit('audio', { samples: new Int16Array(data, HEADER), time: view.getUint32(12, true), startsSpurt: (view.getUint8(1) & 1) === 1 });
  }

  #onClose({ code, reason, target }) {
    if (target !== this.#socket) return;
    clearInterval(this.#ping);
    this.#ping = undefined;
    if (this.#isOver || FINAL.has(code) || !this.#resume) {
      this.#isOver = true;
      this.#emit('over', { code, reason });
    } else {
      this.#lose(target);
    }
  }

  #lose(socket) {
    if (socket !== this.#socket || this.#isOver) return;
    this.#socket = undefined;
    socket.onclose = socket.onmessage = null;
    socket.close(LOST);
    clearInterval(this.#ping);
    this.#ping = undefined;
    if (this.#attempts === 0) this.#resumeUntil = performance.now() + this.#resumeSeconds * 1000;
    if (performance.now() > this.#resumeUntil) {
      this.#isOver = true;
      this.#emit('over', { code: 1006, reason: 'the connection was lost' });
      return;
    }
    this.#emit('lost', { attempt: this.#attempts });
    this.#retry = setTimeout(() => this.connect(), RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)]);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
