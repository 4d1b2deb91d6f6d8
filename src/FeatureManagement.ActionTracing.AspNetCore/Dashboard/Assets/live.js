// Reads the event stream of changes with fetch, which sends the same credentials as every other call.
// Without a stream, the page polls every few seconds and shows that.

const SilenceLimit = 25000; // the server sends an event every 10 s
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
  #lastEvent = Date.now();

  /**
   * @param onChange gets the changes, or null where everything may have changed; its promise fails where the server does not answer
   * @param onState gets 'live', 'polling' or 'lost', and the time of the last event
   */
  constructor(onChange, onState) {
    this.#onChange = onChange;
    this.#onState = onState;
    // A hidden page closes its connection: a browser has six for a host.
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#stop();
      else this.#start();
    });
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
      const options = { signal: abort.signal, cache: 'no-store', headers: { Accept: 'text/event-stream' } };
      const response = await fetch('api/events', options);
      if (!response.ok || !response.body) throw new Error(`The server answered ${response.status}.`);
      for await (const event of events(response.body)) {
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SilenceLimit);
        this.#lastEvent = Date.now();
        await this.#handle(event);
      }
    } catch {
      // After every error the page reconnects.
    } finally {
      clearTimeout(silence);
    }
    if (this.#abort === abort) this.#lose();
  }

  async #handle(event) {
    const data = JSON.parse(event.data);
    if (event.name === 'hello') {
      this.#failures = 0;
      clearInterval(this.#poll);
      this.#poll = 0;
      // The server has another version of the page.
      if (this.#version && this.#version !== data.version) return location.reload();
      this.#version = data.version;
      await this.#onChange(null);
    } else if (event.name === 'change') {
      await this.#onChange(data);
    }
    this.#onState('live', this.#lastEvent);
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

  // Polling goes on until the stream has sent hello.
  #retry() {
    const poll = this.#poll;
    this.#poll = 0;
    this.#start();
    this.#poll = poll;
  }

  async #ask() {
    try {
      await this.#onChange(null);
      this.#lastEvent = Date.now();
      if (this.#poll) this.#onState('polling', this.#lastEvent);
    } catch {
      this.#onState('lost', this.#lastEvent);
    }
  }
}

/** Reads server-sent events, each with a name and data. */
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
