// All flags, as the tree they are.

import { count, h, moment, render, s, unseen, words } from './dom.js';
import { featuresPanel } from './features.js';

const States = ['enabled', 'rollout', 'canary', 'development', 'disabled', 'emergency_off'];
const Rolling = 'rolling out'; // no state, but what people look for

export const href = name => `#/flags/${encodeURIComponent(name)}`;

/** A flag's state, in words and colour. */
export const chip = (model, flag) => {
  const called = model.isEmergencyFlag(flag) && flag.enabled;
  const phase = flag.state === 'rollout' && model.rolling(flag)?.phase;
  // The state's name would say that something moves.
  const label = called ? 'called' : phase || (flag.state === 'rollout' ? 'fixed percentage' : flag.state);
  return h('span', { class: `chip ${called ? 'emergency_off' : phase ? `phase ${phase}` : flag.state}` }, label.replace('_', ' '));
};

/** How many users can have it, as a bar with its number. */
export function shareBar(model, flag) {
  const share = model.share(flag);
  return h('span', { class: `share ${share === 0 ? 'none' : ''}` },
    s('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      s('rect', { class: 'track', width: 100, height: 6, rx: 1 }),
      share > 0 && s('rect', { class: 'fill', width: Math.max(1, share), height: 6, rx: 1 })),
    h('span', null, unseen('Percentage: '), model.written(flag, share)));
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
  const rows = new Map(); // drawn rows, with what they show

  function row(flag) {
    const why = model.why(flag);
    const shows = JSON.stringify([flag, why]);
    const drawn = rows.get(flag.name);
    if (drawn?.shows === shows) return drawn.element;
    const element = h('div', { class: `row ${flag.enabled ? '' : 'off'}` },
      h('div', { class: 'name' },
        h('a', { href: href(flag.name), id: `flag-${flag.name}` }, words(flag.name)),
        model.isEmergencyFlag(flag) && h('span', { class: 'tag' }, `priority ${flag.priority}`),
        flag.description && words(flag.description, { class: 'description' })),
      chip(model, flag),
      shareBar(model, flag),
      words(why, { class: 'why' }),
      h('span', { class: 'source' }, unseen('From '), flag.source.replace('_', '-')),
      h('span', { class: 'changed' }, unseen('Changed '), moment(flag.lastModified)));
    rows.set(flag.name, { shows, element });
    return element;
  }

  // A flag that matches is shown with all that lies above it.
  function branch(flags, matches) {
    const items = flags.map(flag => {
      const below = branch(model.children(flag), matches);
      if (!below && !matches(flag)) return null;
      const item = h('li', null, row(flag), below);
      // What is out of sight is not laid out: so much room it will take, about.
      item.style.containIntrinsicBlockSize = `auto ${50 * (1 + (below ? below.querySelectorAll('li').length : 0))}px`;
      return item;
    }).filter(Boolean);
    return items.length > 0 && h('ul', null, items);
  }

  function update() {
    const text = search.value.trim().toLowerCase();
    const matches = flag => (!state.value || flag.state === state.value || (state.value === Rolling && model.rolling(flag)))
      && (!text || flag.name.toLowerCase().includes(text) || (flag.description ?? '').toLowerCase().includes(text));
    const all = model.flags;
    const shown = all.filter(matches).length;
    const roots = branch(model.children(null), matches);
    if (roots) roots.classList.add('tree');
    render(tiles,
      tile(all.length, 'flags', ''),
      tile(all.filter(flag => flag.enabled).length, 'can be on', 'on'),
      tile(all.filter(flag => model.rolling(flag)).length, 'rolling out', 'rolling'),
      tile(all.filter(flag => model.inEmergency(flag) || (model.isEmergencyFlag(flag) && flag.enabled)).length, 'in emergency', 'emergency'));
    found.textContent = text || state.value ? `${count(shown, 'flag')} of ${all.length.toLocaleString()}` : '';
    features.filter(state.value ? null : text);
    render(tree, roots || h('p', { class: 'empty' }, all.length ? 'No flag matches.' : 'Configuration has no flags.'));
  }

  update();
  return {
    title: 'Flags',
    update,
    every: 10000,
    again: features.update, // no event tells of other providers
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

const tile = (number, label, kind) => h('p', { class: `tile ${number > 0 ? kind : ''}` }, h('strong', null, number.toLocaleString()), ' ', h('span', null, label));
