// The audit: who changed what, when and why.

import { get } from './api.js';
import { h, moment, percent, unseen, words } from './dom.js';
import { href } from './flags.js';

const Sources = ['configuration', 'api', 'code', 'rollout', 'safety'];
const Actions = [
  'updated', 'reset', 'emergency', 'emergency_cleared',
  'rollout_planned', 'rollout_started', 'rollout_step', 'rollout_paused', 'rollout_resumed', 'rollout_rolled_back', 'rollout_completed',
  'configured', 'configuration_rejected', 'configuration_recovered', 'reconciled',
];
const Filters = ['flag', 'source', 'actor', 'action', 'from', 'to'];

const Page = 50;
const OlderPage = 200;

/** The entries, newest first, in pages. */
export function auditList(query) {
  const body = h('tbody');
  const state = h('p', { class: 'hint', role: 'status' });
  const more = h('button', { type: 'button', id: 'older', hidden: true, onclick: () => load(last) }, 'Show older');
  let first = 0;
  let last = 0;
  let turn = 0;

  function ask(take, before) {
    const asked = new URLSearchParams({ take });
    for (const name of Filters) if (query[name]) asked.set(name, query[name]);
    if (before) asked.set('before', before);
    return get(`audit?${asked}`);
  }

  const rows = entries => entries.map(entry => line(entry, !query.flag || query.linked));

  async function load(before) {
    const mine = ++turn;
    let take = query.take ?? Page;
    if (before) take = OlderPage;
    try {
      const entries = await ask(take, before);
      if (mine !== turn) return;
      if (before) body.append(...rows(entries));
      else {
        body.replaceChildren(...rows(entries));
        first = entries[0]?.number ?? 0;
      }
      last = entries.at(-1)?.number ?? last;
      more.hidden = entries.length < take;
      state.textContent = '';
      if (!body.childElementCount) state.textContent = 'No entries.';
    } catch (error) {
      if (mine === turn) state.textContent = error.message;
    }
  }

  // New entries go on top. Older pages stay, so that a reader keeps the place.
  async function reload() {
    const mine = turn;
    try {
      const entries = await ask(query.take ?? Page);
      if (mine !== turn) return;
      const added = entries.filter(entry => entry.number > first);
      if (first === 0 || added.length === entries.length) return load(null);
      body.prepend(...rows(added));
      first = Math.max(first, entries[0].number); // a newer response may have come first
    } catch (error) {
      if (mine === turn) state.textContent = error.message;
    }
  }

  load(null);
  return {
    reload,
    set(changed) {
      query = { ...query, ...changed };
      load(null);
    },
    element: h('div', { class: 'audit' },
      h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Audit entries' },
        h('table', null,
          h('thead', null, h('tr', null, ['When', 'What', 'By', 'Why', 'From'].map(title => h('th', { scope: 'col' }, title)))),
          body)),
      state, more),
  };
}

function line(entry, linked) {
  return h('tr', null,
    h('td', { class: 'when' }, moment(entry.at)),
    h('td', null, h('span', { class: `act ${entry.action}` }, entry.action.replaceAll('_', ' ')), ' ',
      linked && entry.flag && h('a', { href: href(entry.flag) }, words(entry.flag)), ' ', change(entry)),
    h('td', { class: 'by' }, words(entry.actor)),
    h('td', { class: 'reason' }, words(entry.reason ?? '')),
    h('td', { class: 'when' }, entry.source, h('span', { class: 'number' }, ` #${entry.number}`)));
}

/** State and percentage, before and after. */
function change(entry) {
  const before = short(entry.before);
  const after = short(entry.after);
  return before !== after && (before || after) && h('span', { class: 'change' }, `${before || 'nothing'} → ${after || 'nothing'}`);
}

function short(values) {
  if (!values?.state) return '';
  if (['canary', 'rollout'].includes(values.state)) return `${values.state} ${percent(values.percentage ?? 0)}`;
  return values.state.replace('_', ' ');
}

export function auditView(initial) {
  const list = auditList({ flag: initial.get('flag') ?? '', linked: true });
  const typed = (name, label, attributes) => {
    let waiting = 0;
    const input = h('input', {
      id: `audit-${name}`, ...attributes,
      oninput: () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => list.set({ [name]: asked(input) }), 250);
      },
    });
    return h('label', null, label, input);
  };
  const chosen = (name, label, any, values) => {
    const select = h('select', { id: `audit-${name}`, onchange: () => list.set({ [name]: select.value }) },
      h('option', { value: '' }, any), values.map(value => h('option', { value }, value.replaceAll('_', ' '))));
    return h('label', null, label, select);
  };
  const filters = [
    typed('flag', unseen('Flag'), { type: 'search', placeholder: 'Any flag', value: initial.get('flag') ?? '' }),
    typed('actor', unseen('Actor'), { type: 'search', placeholder: 'Any actor' }),
    chosen('action', unseen('Action'), 'Any action', Actions),
    chosen('source', unseen('Source'), 'Any source', Sources),
    typed('from', 'From ', { type: 'datetime-local' }),
    typed('to', 'To ', { type: 'datetime-local' }),
  ];
  const verdict = h('p', { class: 'hint', role: 'status' });
  const verify = h('button', {
    type: 'button', id: 'verify',
    onclick: async () => {
      verdict.textContent = 'Verifying…';
      try {
        const { valid, entries, firstInvalid } = await get('audit/verify', 600000);
        verdict.textContent = `The chain is broken at entry ${firstInvalid}.`;
        if (valid) verdict.textContent = `The chain is valid: ${entries.toLocaleString()} entries.`;
      } catch (error) {
        verdict.textContent = error.message;
      }
    },
  }, 'Verify chain');
  return {
    title: 'Audit',
    update(changes) {
      if (!changes?.flags || changes.flags.length > 0 || changes.status) list.reload();
    },
    element: h('section', { 'aria-labelledby': 'title' },
      h('h1', { id: 'title', tabindex: -1 }, 'Audit'),
      h('div', { class: 'tools' },
        filters, verify, verdict),
      h('div', { class: 'panel' }, list.element)),
  };
}

/** The value of a field. A time gets its offset, because the server may be in another time zone. */
function asked(input) {
  const value = input.value.trim();
  if (input.type === 'datetime-local' && value) return new Date(value).toISOString();
  return value;
}
