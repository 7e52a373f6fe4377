// Deleting a caller's data: first how much it is, then, confirmed, for good.
import { post } from './api.js';

const form = document.getElementById('forget');
if (form) {
  const result = document.getElementById('forget-result');
  const now = document.getElementById('forget-now');
  let counted = null;

  form.party.addEventListener('input', () => { now.hidden = true; });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const party = form.party.value;
    const { ok, body } = await post('/api/history/caller/count', { party });
    counted = ok ? { party, calls: body.calls } : null;
    result.textContent = ok ? `${body.calls} ${body.calls === 1 ? 'call' : 'calls'}.` : (body.detail ?? body.reason ?? 'That did not work.');
    // Campaigns may know a number that never called.
    now.hidden = !ok;
    now.textContent = ok ? `Delete ${body.calls} ${body.calls === 1 ? 'call' : 'calls'}, and what campaigns know, for good` : '';
  });
  now.addEventListener('click', async () => {
    now.hidden = true;
    const { ok, body } = await post('/api/history/caller/delete', counted);
    result.textContent = ok ? `${body.deleted} ${body.deleted === 1 ? 'call' : 'calls'} and ${body.campaignRows} entries of campaigns deleted. ${body.note ?? ''} Reload the page to see the rest.` : body.failed ? `${body.failed} could not be deleted; the log says why.` : (body.detail ?? body.reason ?? 'That did not work.');
  });
}
