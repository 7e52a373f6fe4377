// A stream of server-sent events with what every page needs around it: a word on the connection, and the way back to the login.

/**
 * @param {string} url
 * @param {Record<string, (data: any) => void>} handlers by the name of the event; data is parsed JSON
 * @param {HTMLElement | null} status where the state of the connection is said
 */
export function openStream(url, handlers, status) {
  const source = new EventSource(url);
  const say = (text, state) => {
    if (!status) return;
    status.textContent = text;
    status.dataset.state = state;
  };
  source.onopen = () => say('Live', 'live');
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) {
      // Refused rather than lost: logged out, or the call is gone.
      say('Disconnected. Reload the page.', 'lost');
    } else say('Reconnecting …', 'waiting');
  };
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handle(event.data ? JSON.parse(event.data) : null));
  }
  addEventListener('pagehide', () => source.close());
  return source;
}

/** The element that a piece of HTML from our own server describes. */
export function elementOf(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Puts an element in place of another and keeps the keyboard where it was. */
export function replace(old, next) {
  const focused = old.contains(document.activeElement) ? [...old.querySelectorAll('a, button')].indexOf(document.activeElement) : -1;
  old.replaceWith(next);
  if (focused >= 0) next.querySelectorAll('a, button')[focused]?.focus({ preventScroll: true });
}

/** Moves every clock of a running call on: <time data-elapsed="milliseconds">. */
export function runClocks(root = document) {
  const begun = new WeakMap();
  const tick = () => {
    const now = performance.now();
    for (const clock of root.querySelectorAll('time[data-elapsed]')) {
      if (!begun.has(clock)) begun.set(clock, now - Number(clock.dataset.elapsed));
      clock.textContent = clockText((now - begun.get(clock)) / 1000);
    }
  };
  setInterval(tick, 1000);
}

export function clockText(seconds) {
  const whole = Math.floor(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, String(whole % 60).padStart(2, '0')];
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}
