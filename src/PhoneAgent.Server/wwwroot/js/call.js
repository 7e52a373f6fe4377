// One call: pieces of HTML go to their places, numbers into the chart.
import { clockText, elementOf, openStream, replace, runClocks } from './stream.js';
import { CallChart } from './chart.js';

const head = document.querySelector('[data-call]');
if (head) {
  const transcript = document.getElementById('transcript');
  const toEnd = document.getElementById('to-end');
  const chart = new CallChart(document.getElementById('chart'), document.getElementById('chart-legend'));
  const status = document.getElementById('connection');
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  const atEnd = () => transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 60;
  const goToEnd = () => { transcript.scrollTop = transcript.scrollHeight; };
  let following = true;
  let height = 0;

  function showLines(lines) {
    for (const { number, html } of lines) {
      const next = elementOf(html);
      const old = document.getElementById(`line-${number}`);
      if (old) replace(old, next);
      else transcript.append(next);
    }
    if (following) goToEnd();
  }

  function showParts({ parts, lines, events }) {
    for (const [name, html] of Object.entries(parts)) document.getElementById(`part-${name}`).innerHTML = html;
    showLines(lines);
    const list = document.getElementById('events');
    const follow = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.insertAdjacentHTML('beforeend', events);
    while (list.children.length > 1000) list.firstElementChild.remove();
    if (follow) list.scrollTop = list.scrollHeight;
  }

  function showChart({ elapsed, threshold, halfLife, wave, signs, tones }) {
    Object.assign(chart, { elapsed, threshold, halfLife });
    if (signs) chart.signs = signs;
    if (tones) chart.tones = tones;
    chart.addPeaks(wave.first, wave.seconds, bytes(wave.caller), bytes(wave.agent));
    chart.draw();
  }

  for (const button of document.querySelectorAll('[data-window]')) {
    button.addEventListener('click', () => {
      chart.window = Number(button.dataset.window);
      for (const other of document.querySelectorAll('[data-window]')) other.setAttribute('aria-pressed', String(other === button));
      chart.draw();
    });
  }

  const tip = document.getElementById('chart-tip');
  chart.canvas.addEventListener('pointermove', (event) => {
    const time = chart.timeAt(event.offsetX);
    chart.cursor = time;
    const tone = chart.toneAt(time);
    tip.textContent = `${clockText(Math.max(0, time))} · frustration ${chart.scoreAt(time).toFixed(2)}${tone ? ` · ${tone.label}` : ''}`;
    tip.hidden = false;
    tip.style.left = `${Math.min(event.offsetX + 12, chart.canvas.clientWidth - tip.offsetWidth)}px`;
    chart.draw();
  });
  chart.canvas.addEventListener('pointerleave', () => {
    chart.cursor = null;
    tip.hidden = true;
    chart.draw();
  });

  transcript.addEventListener('scroll', () => {
    // A window that changes its size moves the text too; only people decide to stay behind.
    if (transcript.clientHeight === height) following = atEnd();
    toEnd.hidden = following;
  });
  toEnd.addEventListener('click', goToEnd);
  new ResizeObserver(() => {
    height = transcript.clientHeight;
    if (following) goToEnd();
  }).observe(transcript);
  document.getElementById('events').scrollTop = 1e9;
  runClocks();
  const source = openStream(`/live/calls/${encodeURIComponent(head.dataset.call)}?seen=${head.dataset.seen}`, {
    parts: showParts,
    chart: showChart,
    over: () => {
      source.close();
      status.textContent = 'The call is over';
      status.dataset.state = '';
    },
  }, status);
}
