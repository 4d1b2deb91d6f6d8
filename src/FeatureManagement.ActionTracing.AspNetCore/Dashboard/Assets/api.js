// Calls of the management API: same origin, with the browser's credentials.

const NotModified = 304;
const Patience = 20000; // ms

/** An error that the API answered, with all its sentences. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.sentences = problem?.errors ?? [];
  }
}

const isJson = response => (response.headers.get('Content-Type') ?? '').includes('json');

async function respond(path, options) {
  let response;
  try {
    response = await fetch(`api/${path}`, { cache: 'no-store', ...options });
  } catch {
    throw new Error('The server does not answer.');
  }
  if (response.ok || response.status === NotModified) return response;
  throw new Refused(response.status, isJson(response) && await response.json().catch(() => null));
}

async function ask(path, options) {
  const response = await respond(path, options);
  if (!isJson(response)) return null;
  return response.json();
}

let list = { etag: '', flags: [] };

/** All flags. A list that did not change is not sent again. */
export async function getFlags(timeout = Patience) {
  const headers = {};
  if (list.etag) headers['If-None-Match'] = list.etag;
  const response = await respond('flags', { headers, signal: AbortSignal.timeout(timeout) });
  if (response.status !== NotModified) list = { etag: response.headers.get('ETag') ?? '', flags: await response.json() };
  return list.flags;
}

/** Has a time limit: the page sends one call after another, and one without an answer would block all updates. */
export const get = (path, timeout = Patience) => ask(path, { signal: AbortSignal.timeout(timeout) });

export function send(method, path, body, etag) {
  const headers = { 'Content-Type': 'application/json' };
  if (etag !== undefined) headers['If-Match'] = etag;
  return ask(path, { method, body: JSON.stringify(body), headers });
}

export const flagPath = name => `flags/${encodeURIComponent(name)}`;
