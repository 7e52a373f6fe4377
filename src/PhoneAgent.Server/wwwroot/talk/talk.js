// The page /talk: puts a PhoneAgentClient and the page's controls together.
import { PhoneAgentClient } from './phoneagent-client.js';
import { Transcript } from './transcript.js';

const STATES = {
  'greeting': 'The agent greets you', 'listening': 'Listening', 'caller-speaking': 'You are speaking', 'maybe-done': 'You are speaking',
  'thinking': 'Thinking', 'speaking': 'The agent speaks', 'maybe-interrupted': 'The agent speaks', 'on-hold': 'On hold',
  'transferring': 'Connecting you', 'ended': 'The call is over',
};
const CONNECTIONS = {
  connecting: ['Connecting …', 'warn'], open: ['Connected', 'good'], lost: ['Connection lost, trying again …', 'bad'], over: ['Not connected', ''],
};

const $ = id => document.getElementById(id);
const transcript = new Transcript($('transcript'));

/** The call of the moment, or null. */
export let client = null;

$('call').addEventListener('click', call);
$('hang-up').addEventListener('click', () => client?.hangUp());
$('mute').addEventListener('click', () => setMuted(!client?.muted));
$('input').addEventListener('change', () => client?.useInput($('input').value).catch(show));
$('output').addEventListener('change', () => client?.useOutput($('output').value).catch(show));
$('mode').addEventListener('change', applyMode);
$('keypad').addEventListener('click', ({ target }) => target.dataset.key && client?.press(target.dataset.key));
$('push').addEventListener('pointerdown', () => setTalking(true));
for (const up of ['pointerup', 'pointercancel', 'pointerleave']) $('push').addEventListener(up, () => setTalking(false));
document.addEventListener('keydown', event => onSpace(event, true));
document.addEventListener('keyup', event => onSpace(event, false));
addEventListener('blur', () => setTalking(false));
navigator.mediaDevices?.addEventListener('devicechange', listDevices);
$('output').disabled = !('setSinkId' in AudioContext.prototype);
listDevices();

async function call() {
  $('problem').hidden = true;
  $('hint').hidden = true;
  $('call').disabled = true;
  transcript.clear();
  const mine = client = new PhoneAgentClient({ input: $('input').value, output: $('output').value });
  follow(mine);
  try {
    await mine.call();
    listDevices();
  } catch (error) {
    show(explain(error));
    setOpen(false);
    connection('over');
    client = null;
  }
}

function follow(mine) {
  const on = (type, handler) => mine.addEventListener(type, ({ detail }) => handler(detail));
  on('connection', ({ state }) => connection(state));
  on('ready', ({ resumed }) => resumed ? transcript.note('Connected again') : started());
  on('interim', ({ text }) => transcript.interim(text));
  on('final', ({ text }) => transcript.final(text));
  on('agent-text', ({ turn, text }) => transcript.agent(turn, text));
  on('agent-heard', ({ turn, text, interrupted }) => transcript.heard(turn, text, interrupted));
  on('emotion', mood);
  on('state', ({ name }) => state(name));
  on('wake', () => transcript.note('Wake word heard'));
  on('level', ({ caller, agent }) => { $('caller-level').value = caller; $('agent-level').value = agent; });
  on('network', network);
  on('over', over);
}

function started() {
  setOpen(true);
  applyMode();
}

function over({ code, reason }) {
  if (code !== 1000) show(`The call ended: ${reason || 'the connection was lost'} (${code}).`);
  transcript.note('The call is over');
  state('ended');
  setOpen(false);
  $('network').hidden = true;
  $('emotion').hidden = true;
  $('caller-level').value = $('agent-level').value = 0;
  client = null;
}

function connection(name) {
  const [text, kind] = CONNECTIONS[name];
  $('connection').textContent = text;
  $('connection').className = `chip ${kind}`;
  $('connection').dataset.state = name;
  if (name === 'lost') state('lost');
}

function state(name) {
  $('state').textContent = STATES[name] ?? (name === 'lost' ? 'Connection lost' : name);
  $('orb').dataset.state = name;
}

function mood({ label, confidence, isFinal }) {
  $('emotion').hidden = label === 'unknown';
  $('emotion').textContent = `You sound ${label} · ${Math.round(confidence * 100)} %`;
  $('emotion').dataset.label = label;
  $('emotion').className = `chip ${{ frustrated: 'bad', anxious: 'warn', sad: 'warn', calm: 'good', happy: 'good' }[label] ?? ''}`;
  if (isFinal) transcript.mood(label, confidence);
}

function network({ roundTripMs, quality, underruns, targetMs }) {
  $('network').hidden = false;
  $('network').textContent = `Network ${quality} · ${Math.round(roundTripMs)} ms`;
  $('network').title = `Round trip ${roundTripMs.toFixed(1)} ms, queue ${targetMs} ms, ran dry ${underruns} times`;
  $('network').className = `chip ${{ good: 'good', fair: 'warn', poor: 'bad' }[quality]}`;
}

function setOpen(isOpen) {
  $('call').hidden = isOpen;
  $('call').disabled = false;
  $('hang-up').hidden = !isOpen;
  $('mute').disabled = $('push').disabled = !isOpen;
  for (const key of $('keypad').children) key.disabled = !isOpen;
  if (isOpen) $('hang-up').focus();
  else setMuted(false);
}

function setMuted(isMuted) {
  if (client) client.muted = isMuted;
  $('mute').setAttribute('aria-pressed', isMuted);
  $('mute').textContent = isMuted ? 'Muted' : 'Mute';
}

function mode() {
  return document.querySelector('input[name="mode"]:checked').value;
}

function applyMode() {
  $('push').hidden = mode() !== 'push';
  setTalking(false);
  client?.listen(mode() === 'wake-word' ? 'wake-word' : 'open');
}

// Always true unless the button must be held.
function setTalking(isDown) {
  if (client) client.talking = isDown || mode() !== 'push';
  $('push').toggleAttribute('data-on', isDown && mode() === 'push');
}

function onSpace(event, isDown) {
  if (event.code !== 'Space' || mode() !== 'push' || !client || event.target.matches('input, select, summary, button:not(#push)')) return;
  event.preventDefault();
  setTalking(isDown);
}

async function listDevices() {
  const devices = await navigator.mediaDevices?.enumerateDevices() ?? [];
  fill($('input'), devices.filter(device => device.kind === 'audioinput'));
  fill($('output'), devices.filter(device => device.kind === 'audiooutput'));
}

// Names and ids are empty until the microphone was allowed once.
function fill(select, devices) {
  const chosen = select.value;
  const options = devices.filter(device => device.deviceId && device.deviceId !== 'default').map(device => new Option(device.label || 'Unnamed', device.deviceId));
  select.replaceChildren(new Option('Default', ''), ...options);
  if (options.some(option => option.value === chosen)) select.value = chosen;
}

function explain(error) {
  if (error.name === 'NotAllowedError') return 'The browser did not allow the microphone. Allow it for this page and call again.';
  if (error.name === 'NotFoundError') return 'There is no microphone.';
  return error.message;
}

function show(message) {
  $('problem').textContent = message.message ?? message;
  $('problem').hidden = false;
}
