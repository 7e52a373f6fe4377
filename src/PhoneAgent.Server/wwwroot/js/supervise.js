// A supervisor's buttons on the page of a call: actions by POST, listening and speaking by a socket (SupervisionEndpoints.cs,
// ListenSocket.cs). Sound goes through the same worklets as /talk.
import { post } from './api.js';

function wire(acts) {
  const call = encodeURIComponent(acts.dataset.call);
  const result = document.getElementById('act-result');
  const say = (text, state = '') => {
    result.textContent = text;
    result.dataset.state = state;
  };

  async function act(name, body, done) {
    const answer = await post(`/api/live/${call}/${name}`, body);
    if (answer.ok) done?.();
    say(answer.ok ? (answer.body.reason ?? 'Done.') : (answer.body.reason ?? answer.body.detail ?? `That did not work (${answer.status}).`), answer.ok ? 'good' : 'bad');
  }

  for (const form of acts.querySelectorAll('form[data-act]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const body = {};
      for (const field of form.querySelectorAll('input')) body[field.name] = field.type === 'checkbox' ? field.checked : field.value.trim() || null;
      act(form.dataset.act, body, () => form.reset());
    });
  }
  for (const button of acts.querySelectorAll('button[data-act]')) {
    let armed = 0;
    const text = button.textContent;
    button.addEventListener('click', () => {
      // The second click within three seconds counts: no dialog stands in the way of a call.
      if (button.dataset.confirm && Date.now() - armed > 3000) {
        armed = Date.now();
        button.textContent = button.dataset.confirm;
        setTimeout(() => { button.textContent = text; }, 3000);
        return;
      }
      button.textContent = text;
      act(button.dataset.act, {});
    });
  }

  const listening = new Listening(call, say);
  const listen = acts.querySelector('[data-listen]');
  const takeOver = acts.querySelector('[data-take-over]');
  listening.onchange = () => {
    listen.setAttribute('aria-pressed', String(listening.isOpen));
    listen.textContent = listening.isOpen ? 'Stop listening' : 'Listen in';
    takeOver.setAttribute('aria-pressed', String(listening.hasFloor));
    takeOver.textContent = listening.hasFloor ? 'Give back to the agent' : 'Take over';
  };
  listen.addEventListener('click', () => listening.isOpen ? listening.close() : listening.open());
  takeOver.addEventListener('click', () => listening.hasFloor ? listening.handBack() : listening.takeOver());
  document.getElementById('listen-side').addEventListener('change', (event) => { listening.side = event.target.value; });
}

class Listening {
  side = 'both';
  hasFloor = false;
  onchange = () => {};
  #call;
  #say;
  #socket = null;
  #context = null;
  #playback = null;
  #stream = null;
  #capture = null;

  constructor(call, say) {
    this.#call = call;
    this.#say = say;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Resolves when the sound comes; rejects with nothing said when it cannot. */
  async open() {
    await this.#openAudio();
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/listen/${this.#call}`);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onmessage = ({ data }) => typeof data === 'string' ? this.#onControl(JSON.parse(data)) : this.#onFrame(data);
    socket.onclose = ({ code, reason }) => this.#onClose(code, reason);
    await new Promise((resolve) => {
      socket.onopen = resolve;
      socket.addEventListener('close', resolve);
    });
    this.onchange();
  }

  close() {
    this.#socket?.close(1000);
  }

  async takeOver() {
    try {
      this.#stream ??= await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 } });
    } catch {
      this.#say('The browser gives no microphone.', 'bad');
      return;
    }
    if (!this.isOpen) await this.open();
    if (!this.isOpen) return;
    if (!this.#capture) {
      this.#capture = new AudioWorkletNode(this.#context, 'phoneagent-capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
      this.#context.createMediaStreamSource(this.#stream).connect(this.#capture);
      this.#capture.port.onmessage = ({ data }) => {
        if (this.hasFloor && this.isOpen) this.#socket.send(data.samples.buffer);
      };
    }
    this.#socket.send(JSON.stringify({ type: 'take-over' }));
  }

  handBack() {
    this.#socket.send(JSON.stringify({ type: 'hand-back' }));
  }

  async #openAudio() {
    if (this.#context) return;
    const context = new AudioContext({ latencyHint: 'interactive' });
    await Promise.all(['capture-worklet.js', 'playback-worklet.js'].map((file) => context.audioWorklet.addModule(`/assets/talk/${file}`)));
    this.#playback = new AudioWorkletNode(context, 'phoneagent-playback', { numberOfInputs: 0, outputChannelCount: [1] });
    this.#playback.connect(context.destination);
    await context.resume();
    this.#context = context;
  }

  // 4 bytes of number, then caller and agent in turn.
  #onFrame(data) {
    const pairs = new Int16Array(data, 4);
    const samples = new Int16Array(pairs.length / 2);
    for (let i = 0; i < samples.length; i++) {
      const caller = this.side === 'agent' ? 0 : pairs[2 * i];
      // His own voice comes back on the agent's side while he has the call.
      const agent = this.side === 'caller' || this.hasFloor ? 0 : pairs[2 * i + 1];
      samples[i] = Math.max(-32768, Math.min(32767, caller + agent));
    }
    this.#playback.port.postMessage({ samples, startsSpurt: false });
  }

  #onControl(message) {
    if (message.type !== 'result') return;
    if (message.done) this.hasFloor = message.of === 'take-over';
    this.#say(message.done ? (this.hasFloor ? 'You have the call: speak.' : 'The agent has the call again.') : message.reason, message.done ? 'good' : 'bad');
    if (!this.hasFloor) this.#releaseMicrophone();
    this.onchange();
  }

  #onClose(code, reason) {
    this.hasFloor = false;
    this.#releaseMicrophone();
    this.#context?.close();
    this.#context = this.#playback = null;
    this.#say(reason || (code === 1000 ? 'You do not listen any more.' : 'The connection is lost; the agent has the call.'), code === 1000 ? '' : 'bad');
    this.onchange();
  }

  #releaseMicrophone() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#capture?.disconnect();
    this.#stream = this.#capture = null;
  }
}

const panel = document.getElementById('acts');
if (panel) wire(panel);
