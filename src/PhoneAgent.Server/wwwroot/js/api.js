// A request that changes something, with the page's token. Resolves to { ok, status, body }.
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export async function post(url, body = {}) {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token }, body: JSON.stringify(body) });
    const text = await response.text();
    let answer = {};
    try {
      answer = text ? JSON.parse(text) : {};
    } catch {
      answer = { reason: text };
    }
    return { ok: response.ok, status: response.status, body: answer };
  } catch {
    return { ok: false, status: 0, body: { reason: 'The server does not answer.' } };
  }
}
