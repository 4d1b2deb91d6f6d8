// The management API, asked as the page itself was: same origin, the browser's credentials.

/** What the API refused, with its sentences. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.sentences = problem?.errors ?? [];
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, { cache: 'no-store', ...options });
  } catch {
    throw new Error('The server does not answer.');
  }
  const json = (answer.headers.get('Content-Type') ?? '').includes('json');
  if (!answer.ok) throw new Refused(answer.status, json ? await answer.json().catch(() => null) : null);
  return json ? answer.json() : null;
}

/** Gives up in the end: the page asks one thing after the other, and one that hung would keep it from all news. */
export const get = (path, patience = 20000) => ask(path, { signal: AbortSignal.timeout(patience) });

export const send = (method, path, body, etag) => ask(path, {
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...(etag === undefined ? {} : { 'If-Match': etag }) },
});

export const flagPath = name => `flags/${encodeURIComponent(name)}`;
