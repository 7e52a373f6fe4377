// The definition of a campaign: saved as it stands, or what is wrong with it, each with its line.
import { post } from './api.js';

const form = document.getElementById('definition');
const problem = document.getElementById('campaign-problem');
const done = document.getElementById('campaign-done');

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  const { campaign, version } = form.dataset;
  const answer = await post(`/campaigns/${encodeURIComponent(campaign)}/definition`, { definition: form.querySelector('textarea').value, version });
  if (answer.ok) form.dataset.version = answer.body.version;
  const lines = [answer.body.reason ?? `That did not work (${answer.status}).`, ...(answer.body.problems ?? [])];
  problem.replaceChildren(...lines.flatMap((line, i) => (i ? [document.createElement('br'), line] : [line])));
  problem.hidden = answer.ok;
  done.hidden = !answer.ok;
  button.disabled = false;
});
