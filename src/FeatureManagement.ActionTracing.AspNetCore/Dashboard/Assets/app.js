// The page: its views, and how updates reach them.

import { get, getFlags, Refused } from './api.js';
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
let timer = 0; // polls for changes without an event

const Views = {
  experiments: () => experimentsView(model),
  audit: query => auditView(new URLSearchParams(query)),
  health: () => healthView(model),
};

function viewOf([first, second], query) {
  if (first === 'flags' && second) return flagView(model, decoded(second), refresh);
  if (Object.hasOwn(Views, first ?? '')) return Views[first](query);
  return flagsView(model);
}

function show(focus) {
  clearInterval(timer);
  const [path, query] = location.hash.slice(1).split('?');
  const parts = path.split('/').filter(Boolean);
  view = viewOf(parts, query);
  render(main, view.element);
  document.title = `${view.title} – ${model.status?.application ?? 'Feature flags'}`;
  if (view.every) timer = setInterval(() => document.hidden || (view.again ?? view.update)(), view.every);
  markCurrent(parts[0]);
  if (focus) {
    scrollTo(0, 0);
    document.getElementById('title')?.focus({ preventScroll: true });
  }
}

function markCurrent(first) {
  let here = '#/';
  if (Object.hasOwn(Views, first ?? '')) here = `#/${first}`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** A name of an address. One that is not encoded, such as %zz, stays as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let asked = Promise.resolve();

/**
 * Reads what changed, or everything (null). The calls run one after another, so that the newest response is applied last.
 * Fails where the server does not answer.
 */
function refresh(changes) {
  asked = asked.catch(() => {}).then(() => ask(changes));
  return asked;
}

async function ask(changes) {
  const some = changes?.flags && [...new Set([...changes.flags, ...changes.rollouts])];
  const [flags, status] = await Promise.all([
    some ? rows(some) : getFlags(),
    (!some || changes.status) && get('status'),
  ]);
  if (some && flags.length < some.length) return ask(null); // a flag was removed
  if (some) flags.forEach(flag => model.setFlag(flag));
  else model.setFlags(flags);
  if (status) model.status = status;
  frame();
  if (view) view.update(changes);
  else show(false);
}

/** Some flags as rows of the list, so that a long whitelist is not sent at each safety check. */
async function rows(names) {
  if (!names.length) return [];
  const query = `${new URLSearchParams(names.map(name => ['name', name]))}`;
  if (query.length < 4000) return get(`flags?${query}`);
  const wanted = new Set(names.map(name => name.toLowerCase())); // too long for an address
  return (await getFlags()).filter(flag => wanted.has(flag.name.toLowerCase()));
}

function frame() {
  const { application, environment, configuration, store } = model.status;
  document.getElementById('application').textContent = application;
  const tag = document.getElementById('environment');
  tag.textContent = environment;
  tag.hidden = false;
  const faults = configuration.faults.length + store.unreadable.length + Number(Boolean(store.error));
  const badge = document.getElementById('health-count');
  badge.textContent = faults;
  badge.hidden = faults === 0;

  const next = [...emergencies(), ...faultsOf(configuration, store)].filter(Boolean);
  // A screen reader reads the alerts aloud when they change, so they are only replaced when they do.
  if (textOf(next) !== textOf([...alerts.children])) render(alerts, next);
}

const textOf = elements => elements.map(element => element.textContent).join('\n');

function emergencies() {
  const stopped = model.flags.filter(flag => model.inEmergency(flag));
  const called = model.flags.filter(flag => model.isEmergencyFlag(flag) && flag.enabled).map(flag => {
    const off = model.flags.filter(other => model.stoppedBy(other) === flag).length;
    return alert('danger', link(flag), ' is on: ', count(off, 'flag is', 'flags are'), ' off.');
  });
  if (stopped.length > 3) return [...called, alert('danger', `${stopped.length} flags are in emergency.`)];
  return [...called, ...stopped.map(flag => {
    if (flag.emergency) return alert('danger', link(flag), ' is in emergency: ', words(flag.emergency.reason));
    return alert('danger', link(flag), ' is in emergency.');
  })];
}

function faultsOf({ faults }, store) {
  return [
    faults.length > 0 && alert('warn', words(faults[0].message),
      faults.length > 1 && [' ', h('a', { href: '#/health' }, `and ${faults.length - 1} more`)]),
    store.error && alert('warn', 'The store is unavailable: ', words(store.error)),
    store.outboxChanges > 0
      && alert('warn', `${count(store.outboxChanges, 'change is', 'changes are')} in force and not stored yet.`),
  ];
}

const alert = (kind, ...children) => h('p', { class: `alert ${kind}` }, children);
const link = flag => h('a', { href: href(flag.name) }, words(flag.name));

function showConnection(state, lastEvent) {
  const texts = { live: 'Live', polling: 'Not live: updates every 5 s' };
  const text = texts[state] ?? `Not live: last update ${clock(lastEvent)}`;
  live.dataset.state = state;
  if (live.textContent !== text) live.textContent = text;
}

// Where access is denied, the page shows only the error.
async function update(changes) {
  try {
    await refresh(changes);
  } catch (error) {
    if (error instanceof Refused && [401, 403].includes(error.status))
      render(main, h('p', { class: 'state bad' }, error.message));
    throw error;
  }
}

addEventListener('hashchange', () => model.status && show(true));
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
new Live(update, showConnection);
