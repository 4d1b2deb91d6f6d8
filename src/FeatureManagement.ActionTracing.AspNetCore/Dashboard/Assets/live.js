// Word of changes: a stream of events, read by fetch so that whatever lets the page ask also lets it listen.
// Where no stream comes through, the page asks again every few seconds, and says so.

const SilenceLimit = 25000; // the server speaks every 10 s
const HelloLimit = 5000;
const PollInterval = 5000;
const MaxWait = 15000;

export class Live {
  #onChange;
  #onState;
  #abort = null;
  #failures = 0;
  #timer = 0;
  #poll = 0;
  #version = null;
  #lastWord = Date.now();

  /**
   * @param onChange called with what changed, or null where everything may have; must return a promise that fails when the server did not answer
   * @param onState called with 'live', 'polling' or 'lost', and with when the server was last heard of
   */
  constructor(onChange, onState) {
    this.#onChange = onChange;
    this.#onState = onState;
    // A page that nobody looks at holds no connection: a browser has six of them for a host.
    document.addEventListener('visibilitychange', () => document.hidden ? this.#stop() : this.#start());
    addEventListener('online', () => this.#start());
    this.#start();
  }

  #stop() {
    this.#abort?.abort();
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    this.#poll = 0;
  }

  async #start() {
    this.#stop();
    if (document.hidden) return;
    const abort = this.#abort = new AbortController();
    let silence = setTimeout(() => abort.abort(), HelloLimit);
    try {
      const answer = await fetch('api/events', { signal: abort.signal, cache: 'no-store', headers: { Accept: 'text/event-stream' } });
      if (!answer.ok || !answer.body) throw new Error(`The server answered ${answer.status}.`);
      for await (const event of events(answer.body)) {
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SilenceLimit);
        this.#lastWord = Date.now();
        await this.#hear(event);
      }
    } catch {
      // Whatever ended it, it is tried again.
    } finally {
      clearTimeout(silence);
    }
    if (this.#abort === abort) this.#lose();
  }

  async #hear(event) {
    const data = JSON.parse(event.data);
    if (event.name === 'hello') {
      this.#failures = 0;
      clearInterval(this.#poll);
      this.#poll = 0;
      // Another version of the page is there: everything was for the old one.
      if (this.#version && this.#version !== data.version) return location.reload();
      this.#version = data.version;
      await this.#onChange(null);
    } else if (event.name === 'change') {
      await this.#onChange(data);
    }
    this.#onState('live', this.#lastWord);
  }

  #lose() {
    this.#failures++;
    if (!this.#poll) {
      this.#ask();
      this.#poll = setInterval(() => this.#ask(), PollInterval);
    }
    const wait = Math.min(MaxWait, 500 * 2 ** Math.min(this.#failures - 1, 5));
    this.#timer = setTimeout(() => this.#retry(), wait * (0.75 + Math.random() / 2));
  }

  // The polling goes on until the stream has said hello.
  #retry() {
    const poll = this.#poll;
    this.#poll = 0;
    this.#start();
    this.#poll = poll;
  }

  async #ask() {
    try {
      await this.#onChange(null);
      this.#lastWord = Date.now();
      if (this.#poll) this.#onState('polling', this.#lastWord);
    } catch {
      this.#onState('lost', this.#lastWord);
    }
  }
}

/** Reads server-sent events: a name and data each. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split(/\r?\n\r?\n/);
    rest = parts.pop();
    for (const part of parts) {
      const event = { name: 'message', data: '' };
      for (const line of part.split(/\r?\n/)) {
        if (line.startsWith('event:')) event.name = line.slice(6).trim();
        if (line.startsWith('data:')) event.data += line.slice(5).trim();
      }
      if (event.data) yield event;
    }
  }
}
