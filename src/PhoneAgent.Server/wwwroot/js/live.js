// The list of calls: rows come from the server as HTML and are put into the order that it says.
import { elementOf, openStream, replace, runClocks } from './stream.js';
import { announce, wireAlerts } from './alerts.js';

const body = document.getElementById('calls');
const rowOf = (id) => document.getElementById(`call-${id}`);

function show({ order, rows, counts }) {
  for (const [id, html] of Object.entries(rows)) {
    const next = elementOf(html);
    const old = rowOf(id);
    if (old) replace(old, next);
    else {
      next.classList.add('arrived');
      body.append(next);
    }
  }
  const wanted = new Set(order.map((id) => `call-${id}`));
  for (const row of [...body.children]) if (!wanted.has(row.id)) row.remove();
  order.forEach((id, place) => {
    const row = rowOf(id);
    if (row && body.children[place] !== row) move(row, body.children[place]);
  });
  document.getElementById('counts').innerHTML = counts;
  document.getElementById('no-calls').hidden = order.length > 0;
}

function move(row, before) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  body.insertBefore(row, before ?? null);
  focused?.focus({ preventScroll: true });
}

wireAlerts(document.querySelector('[data-action="alerts"]'));
runClocks();
openStream('/live/calls', { rows: show, announce }, document.getElementById('connection'));
// The whole row leads to the call; the link in it is for keyboards and readers.
body.addEventListener('click', (event) => {
  const link = event.target.closest('tr')?.querySelector('.caller-link');
  if (link && !event.target.closest('a, button') && !String(getSelection())) link.click();
});
