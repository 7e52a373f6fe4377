// Says that something happened: a note on the page, a sound, and a notification of the system where the user wants them.
const key = 'alerts';
let audio = null;

export const alertsOn = () => localStorage.getItem(key) === 'on';

/** Wires the button that switches sound and notifications. */
export function wireAlerts(button) {
  const show = () => {
    button.setAttribute('aria-pressed', String(alertsOn()));
    button.textContent = alertsOn() ? 'Alerts on' : 'Alerts off';
  };
  show();
  // A browser plays nothing before the user has touched the page.
  document.addEventListener('pointerdown', () => { if (alertsOn()) audio ??= new AudioContext(); }, { once: true });
  button.addEventListener('click', async () => {
    localStorage.setItem(key, alertsOn() ? 'off' : 'on');
    show();
    if (!alertsOn()) return;
    audio ??= new AudioContext();
    play('new');
    if ('Notification' in window && Notification.permission === 'default') await Notification.requestPermission();
  });
}

/** @param {{ id: string, kind: 'new' | 'frustrated' | 'escalated', title: string, text: string }} news */
export function announce(news) {
  toast(news);
  if (!alertsOn()) return;
  play(news.kind);
  if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
    // Numbers of callers do not belong on a lock screen.
    const note = new Notification(news.title, { tag: `phoneagent-${news.id}` });
    note.onclick = () => { window.focus(); location.href = `/calls/${encodeURIComponent(news.id)}`; };
  }
}

function toast(news) {
  const place = document.getElementById('announcements');
  const note = document.createElement('a');
  note.className = news.kind === 'new' ? 'toast' : 'toast urgent';
  note.href = `/calls/${encodeURIComponent(news.id)}`;
  const title = document.createElement('strong');
  title.textContent = news.title;
  const text = document.createElement('div');
  text.className = 'muted';
  text.textContent = news.text;
  note.append(title, text);
  place.append(note);
  while (place.children.length > 4) place.firstElementChild.remove();
  setTimeout(() => note.remove(), news.kind === 'new' ? 6000 : 15000);
}

// Two soft tones; up for a new call, down and twice for a caller who needs somebody.
function play(kind) {
  if (!audio || audio.state !== 'running') return;
  const tones = kind === 'new' ? [660, 880] : kind === 'frustrated' ? [740, 620] : [880, 620, 880, 620];
  tones.forEach((frequency, i) => {
    const at = audio.currentTime + i * 0.16;
    const oscillator = new OscillatorNode(audio, { frequency });
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.16);
  });
}
