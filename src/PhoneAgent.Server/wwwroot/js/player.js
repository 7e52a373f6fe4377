// The transcript follows the recording: the line and the word that are heard are marked, and a line's time plays from there.
const player = document.getElementById('player');
const lines = [...document.querySelectorAll('#spoken > li')].map((item) => ({
  item,
  from: Number(item.dataset.from),
  until: Math.max(Number(item.dataset.until), Number(item.dataset.from)),
  words: splitWords(item.querySelector('.words')),
}));
let followed = null;

/** Each word becomes an element with the share of the line's length at which it begins. */
function splitWords(text) {
  if (!text) return [];
  const parts = text.textContent.split(/(\s+)/);
  const length = Math.max(1, text.textContent.length);
  let at = 0;
  const words = [];
  text.replaceChildren(...parts.map((part) => {
    const begins = at / length;
    at += part.length;
    if (/^\s*$/.test(part)) return document.createTextNode(part);
    const word = document.createElement('span');
    word.textContent = part;
    words.push({ word, begins });
    return word;
  }));
  return words;
}

function follow() {
  const now = player.currentTime;
  for (const line of lines) {
    const isHeard = now >= line.from && now < line.until;
    line.item.classList.toggle('heard', isHeard);
    const share = isHeard ? (now - line.from) / (line.until - line.from) : -1;
    const current = line.words.findLastIndex(({ begins }) => begins <= share);
    line.words.forEach(({ word }, i) => word.classList.toggle('now', i === current));
    if (isHeard && line.item !== followed) {
      followed = line.item;
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      line.item.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
    }
  }
  if (!player.paused) requestAnimationFrame(follow);
}

if (player) {
  player.addEventListener('play', follow);
  player.addEventListener('seeked', follow);
  for (const { item, from } of lines) {
    item.querySelector('.stamp').addEventListener('click', () => {
      player.currentTime = from;
      player.play();
    });
  }
}
