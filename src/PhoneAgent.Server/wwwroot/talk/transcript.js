// A call may last for hours.
const MAX_LINES = 400;
const MAX_TURNS = 50;

// The conversation as lines: what the caller says as it forms, what the agent says, and what of it was cut off.
export class Transcript {
  #list;
  #interim;
  #lastCaller;
  #turns = new Map();

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#interim = this.#lastCaller = undefined;
    this.#turns.clear();
  }

  interim(text) {
    if (!text) return;
    // Not read out while it changes.
    this.#interim ??= this.#add('caller interim', 'You', true);
    this.#say(this.#interim, text);
  }

  final(text) {
    if (!text) {
      this.#interim?.remove();
      this.#interim = undefined;
      return;
    }
    this.#interim?.remove();
    this.#interim = undefined;
    this.#lastCaller = this.#add('caller', 'You');
    this.#say(this.#lastCaller, text);
  }

  mood(label, confidence) {
    if (!this.#lastCaller || label === 'unknown') return;
    let mood = this.#lastCaller.querySelector('.mood');
    if (!mood) this.#lastCaller.querySelector('.who').append(mood = element('span', 'mood'));
    mood.textContent = `${label} ${Math.round(confidence * 100)} %`;
  }

  agent(turn, text) {
    const entry = this.#turns.get(turn) ?? { line: this.#add('agent', 'Agent'), text: '' };
    entry.text = entry.text ? `${entry.text} ${text}` : text;
    this.#turns.set(turn, entry);
    if (this.#turns.size > MAX_TURNS) this.#turns.delete(this.#turns.keys().next().value);
    this.#say(entry.line, entry.text);
  }

  heard(turn, text, interrupted) {
    const entry = this.#turns.get(turn);
    if (!entry || !interrupted) return;
    const rest = entry.text.startsWith(text) ? entry.text.slice(text.length) : '';
    this.#say(entry.line, text);
    if (!rest) return;
    const cut = element('s');
    cut.textContent = rest;
    entry.line.querySelector('.words').append(cut);
  }

  note(text) {
    const line = element('div', 'line note');
    line.textContent = text;
    this.#append(line);
  }

  #add(kind, who, isHidden = false) {
    const line = element('div', `line ${kind}`);
    if (isHidden) line.setAttribute('aria-hidden', 'true');
    const name = element('span', 'who');
    name.textContent = who;
    line.append(name, element('span', 'words'));
    this.#append(line);
    return line;
  }

  #say(line, text) {
    line.querySelector('.words').textContent = text;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #append(line) {
    this.#list.append(line);
    if (this.#list.childElementCount > MAX_LINES) this.#list.firstElementChild.remove();
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}

function element(name, className = '') {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
