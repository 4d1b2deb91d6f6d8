// The page: what is shown where, and how news reaches it.

import { get, Refused } from './api.js';
import { auditView } from './audit.js';
import { clock, count, h, render, words } from './dom.js';
import { experimentsView } from './experiments.js';
import { flagView } from './flag.js';
import { flagsView, href } from './flags.js';
import { healthView } from './health.js';
import { Live } from './live.js';
import { Model } from './model.js';

const model = new Model();
const main = document.getElementById('main');
const live = document.getElementById('live');
const alerts = document.getElementById('alerts');
let view = null;
let again = 0; // asks anew for what no event tells of

function show(focus) {
  clearInterval(again);
  const [path, query] = location.hash.slice(1).split('?');
  const parts = path.split('/').filter(Boolean);
  view = parts[0] === 'flags' && parts[1] ? flagView(model, decoded(parts[1]), refresh)
    : parts[0] === 'experiments' ? experimentsView(model)
    : parts[0] === 'audit' ? auditView(new URLSearchParams(query))
    : parts[0] === 'health' ? healthView(model)
    : flagsView(model);
  render(main, view.element);
  document.title = `${view.title} – ${model.status?.application ?? 'Feature flags'}`;
  if (view.every) again = setInterval(() => document.hidden || (view.again ?? view.update)(), view.every);
  const here = ['experiments', 'audit', 'health'].includes(parts[0]) ? `#/${parts[0]}` : '#/';
  for (const link of document.querySelectorAll('nav a'))
    link.getAttribute('href') === here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  if (focus) {
    scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }
}

/** A name out of an address; one that nobody encoded, such as %zz, is taken as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let asked = Promise.resolve();

/** Asks for what changed, or for all (null), one after the other, so that no older answer comes last; fails where the server does not answer. */
function refresh(changes) {
  return asked = asked.catch(() => {}).then(() => ask(changes));
}

async function ask(changes) {
  const some = changes?.flags && [...new Set([...changes.flags, ...changes.rollouts])];
  const [flags, status] = await Promise.all([
    some ? rows(some) : get('flags'),
    !changes || changes.status || !some ? get('status') : null,
  ]);
  if (some && flags.length < some.length) return ask(null); // a flag is gone
  if (some) flags.forEach(flag => model.setFlag(flag));
  else model.setFlags(flags);
  if (status) model.status = status;
  frame();
  if (view) view.update(changes);
  else show(false);
}

/** Some flags as the list has them, so that a long whitelist is not sent at each safety check. */
async function rows(names) {
  if (!names.length) return [];
  const asked = `${new URLSearchParams(names.map(name => ['name', name]))}`;
  if (asked.length < 4000) return get(`flags?${asked}`);
  const wanted = new Set(names.map(name => name.toLowerCase())); // too long for an address
  return (await get('flags')).filter(flag => wanted.has(flag.name.toLowerCase()));
}

function frame() {
  const { application, environment, configuration, store } = model.status;
  document.getElementById('application').textContent = application;
  const tag = document.getElementById('environment');
  tag.textContent = environment;
  tag.hidden = false;
  const faults = configuration.faults.length + (store.error ? 1 : 0) + store.unreadable.length;
  const badge = document.getElementById('health-count');
  badge.textContent = faults;
  badge.hidden = faults === 0;

  const stopped = model.flags.filter(flag => model.inEmergency(flag));
  const called = model.flags.filter(flag => model.isEmergencyFlag(flag) && flag.enabled);
  const next = [
    ...called.map(flag => alert('danger', link(flag), ' is on: ', count(model.flags.filter(other => model.stoppedBy(other) === flag).length, 'flag is', 'flags are'), ' off.')),
    stopped.length > 0 && stopped.length <= 3 && stopped.map(flag => alert('danger', link(flag), ' is in emergency', flag.emergency ? [': ', words(flag.emergency.reason)] : '.')),
    stopped.length > 3 && alert('danger', `${stopped.length} flags are in emergency.`),
    configuration.faults.length > 0 && alert('warn', words(configuration.faults[0].message),
      configuration.faults.length > 1 && [' ', h('a', { href: '#/health' }, `and ${configuration.faults.length - 1} more`)]),
    store.error && alert('warn', 'The store fails: ', words(store.error)),
    store.pending > 0 && alert('warn', `${count(store.pending, 'change is', 'changes are')} in force here and not stored yet.`),
  ].flat().filter(Boolean);
  // Read out when it changes, and only then.
  if (next.map(one => one.textContent).join('\n') !== [...alerts.children].map(one => one.textContent).join('\n')) render(alerts, next);
}

const alert = (kind, ...children) => h('p', { class: `alert ${kind}` }, children);
const link = flag => h('a', { href: href(flag.name) }, words(flag.name));

function tell(state, lastWord) {
  const text = state === 'live' ? 'Live' : state === 'polling' ? 'Not live: asking every 5 s' : `Not live: last heard ${clock(lastWord)}`;
  live.dataset.state = state;
  if (live.textContent !== text) live.textContent = text;
}

// Words of refusal where nothing could be shown at all.
async function heard(changes) {
  try {
    await refresh(changes);
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) render(main, h('p', { class: 'state bad' }, error.message));
    throw error;
  }
}

addEventListener('hashchange', () => model.status && show(true));
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
new Live(heard, tell);
