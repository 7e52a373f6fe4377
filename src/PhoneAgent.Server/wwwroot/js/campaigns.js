// The campaigns, put anew every two seconds, and the buttons that start, pause and stop them.
import { elementOf, openStream, replace } from './stream.js';
import { post } from './api.js';

const table = () => document.getElementById('campaigns');
const problem = document.getElementById('campaign-problem');

openStream('/live/campaigns', { campaigns: (html) => replace(table(), elementOf(html)) }, document.getElementById('connection'));
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-campaign]');
  if (!button) return;
  const { campaign, action } = button.dataset;
  // A stop is for good.
  if (action === 'stop' && !confirm(`Stop ${campaign} for good? It cannot be started again.`)) return;
  button.disabled = true;
  const answer = await post(`/campaigns/${encodeURIComponent(campaign)}/${action}`);
  problem.textContent = answer.ok ? '' : answer.body.reason ?? `That did not work (${answer.status}).`;
  problem.hidden = answer.ok;
  button.disabled = false;
});
