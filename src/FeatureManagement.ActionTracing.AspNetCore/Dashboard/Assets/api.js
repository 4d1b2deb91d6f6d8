// Calls of the management API: same origin, with the browser's credentials.

/** An error that the API answered, with all its sentences. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.sentences = problem?.errors ?? [];
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`api/${path}`, { cache: 'no-store', ...options });
  } catch {
    throw new Error('The server does not answer.');
  }
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json');
  if (!response.ok) throw new Refused(response.status, isJson && await response.json().catch(() => null));
  if (!isJson) return null;
  return response.json();
}

/** Has a time limit: the page sends one call after another, and one without an answer would block all updates. */
export const get = (path, timeout = 20000) => ask(path, { signal: AbortSignal.timeout(timeout) });

export function send(method, path, body, etag) {
  const headers = { 'Content-Type': 'application/json' };
  if (etag !== undefined) headers['If-Match'] = etag;
  return ask(path, { method, body: JSON.stringify(body), headers });
}

export const flagPath = name => `flags/${encodeURIComponent(name)}`;
