// All flags, as a tree.

import { count, h, moment, render, s, unseen, words } from './dom.js';
import { featuresPanel } from './features.js';

const States = ['enabled', 'rollout', 'canary', 'development', 'disabled', 'emergency_off'];
const Rolling = 'rolling out'; // not a state, but a useful filter

export const href = name => `#/flags/${encodeURIComponent(name)}`;

/** The state of a flag, as a text with a colour. */
export function chip(model, flag) {
  const [label, kind] = stateOf(model, flag);
  return h('span', { class: `chip ${kind}` }, label.replace('_', ' '));
}

function stateOf(model, flag) {
  if (model.isEmergencyFlag(flag) && flag.enabled) return ['called', 'emergency_off'];
  if (flag.state !== 'rollout') return [flag.state, flag.state];
  const phase = model.rolling(flag)?.phase;
  if (phase) return [phase, `phase ${phase}`];
  return ['fixed percentage', flag.state]; // 'rollout' would mean that the percentage moves
}

/** The percentage of users that can have a flag, as a bar with its number. */
export function percentageBar(model, flag) {
  const percentage = model.percentage(flag);
  return h('span', { class: `percentage ${percentage === 0 ? 'none' : ''}` },
    s('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      s('rect', { class: 'track', width: 100, height: 6, rx: 1 }),
      percentage > 0 && s('rect', { class: 'fill', width: Math.max(1, percentage), height: 6, rx: 1 })),
    h('span', null, unseen('Percentage: '), model.written(flag, percentage)));
}

export function flagsView(model) {
  const tree = h('div');
  const found = h('p', { class: 'hint', role: 'status' });
  const search = h('input', { type: 'search', id: 'search', placeholder: 'Name or description', oninput: () => update() });
  const state = h('select', { id: 'state', onchange: () => update() },
    h('option', { value: '' }, 'Any state'),
    h('option', { value: Rolling }, Rolling),
    States.map(value => h('option', { value }, value.replace('_', ' '))));
  const tiles = h('div', { class: 'tiles' });
  const features = featuresPanel();
  const rows = new Map(); // rendered rows, with the values that they show

  function row(flag) {
    const why = model.why(flag);
    const shows = JSON.stringify([flag, why]);
    const rendered = rows.get(flag.name);
    if (rendered?.shows === shows) return rendered.element;
    const element = h('div', { class: `row ${flag.enabled ? '' : 'off'}` },
      h('div', { class: 'name' },
        h('a', { href: href(flag.name), id: `flag-${flag.name}` }, words(flag.name)),
        model.isEmergencyFlag(flag) && h('span', { class: 'tag' }, `priority ${flag.priority}`),
        flag.description && words(flag.description, { class: 'description' })),
      chip(model, flag),
      percentageBar(model, flag),
      words(why, { class: 'why' }),
      h('span', { class: 'source' }, unseen('From '), flag.source.replace('_', '-')),
      h('span', { class: 'changed' }, unseen('Changed '), moment(flag.lastModified)));
    rows.set(flag.name, { shows, element });
    return element;
  }

  // A flag that matches is shown with all its ancestors.
  function branch(flags, matches) {
    const items = flags.map(flag => {
      const below = branch(model.children(flag), matches);
      if (!below && !matches(flag)) return null;
      const item = h('li', null, row(flag), below);
      // The estimated height of an item that is not visible yet.
      const descendants = item.querySelectorAll('li').length;
      item.style.containIntrinsicBlockSize = `auto ${50 * (1 + descendants)}px`;
      return item;
    }).filter(Boolean);
    return items.length > 0 && h('ul', null, items);
  }

  function matcher() {
    const text = search.value.trim().toLowerCase();
    const hasText = value => (value ?? '').toLowerCase().includes(text);
    const hasState = flag => flag.state === state.value || (state.value === Rolling && model.rolling(flag));
    return flag => (!state.value || hasState(flag)) && (!text || hasText(flag.name) || hasText(flag.description));
  }

  function update() {
    const matches = matcher();
    const all = model.flags;
    const roots = branch(model.children(null), matches);
    if (roots) roots.classList.add('tree');
    render(tiles, tilesOf(model));
    found.textContent = '';
    if (state.value || search.value.trim())
      found.textContent = `${count(all.filter(matches).length, 'flag')} of ${all.length.toLocaleString()}`;
    if (state.value) features.filter(null); // features have no such states
    else features.filter(search.value.trim().toLowerCase());
    let empty = 'Configuration has no flags.';
    if (all.length > 0) empty = 'No flag matches.';
    render(tree, roots || h('p', { class: 'empty' }, empty));
  }

  update();
  return {
    title: 'Flags',
    update,
    every: 10000,
    again: features.update, // changes of other providers have no event
    element: h('section', { class: 'flags', 'aria-labelledby': 'title' },
      h('h1', { id: 'title', tabindex: -1 }, 'Flags'),
      tiles,
      h('div', { class: 'tools' },
        h('label', null, unseen('Search flags'), search),
        h('label', null, unseen('State'), state),
        found),
      h('div', { class: 'panel' },
        h('div', { class: 'head', 'aria-hidden': 'true' },
          ['Flag', 'State', 'Percentage', 'Why', 'From', 'Changed'].map(title => h('span', null, title))),
        tree),
      features.element),
  };
}

function tilesOf(model) {
  const isStopped = flag => model.inEmergency(flag) || (model.isEmergencyFlag(flag) && flag.enabled);
  return [
    tile(model.flags, 'flags', ''),
    tile(model.flags.filter(flag => flag.enabled), 'can be on', 'on'),
    tile(model.flags.filter(flag => model.rolling(flag)), 'rolling out', 'rolling'),
    tile(model.flags.filter(isStopped), 'in emergency', 'emergency'),
  ];
}

function tile(flags, label, kind) {
  let css = 'tile';
  if (flags.length > 0) css = `tile ${kind}`;
  return h('p', { class: css }, h('strong', null, flags.length.toLocaleString()), ' ', h('span', null, label));
}
