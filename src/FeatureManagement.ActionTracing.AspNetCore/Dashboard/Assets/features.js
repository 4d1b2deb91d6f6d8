// The ordinary flags of Microsoft.FeatureManagement, read-only.

import { get } from './api.js';
import { h, render, words } from './dom.js';

export function featuresPanel() {
  const rows = h('tbody');
  const element = h('section', { class: 'panel pad features', 'aria-labelledby': 'features-title', hidden: true },
    h('h2', { id: 'features-title' }, 'Other flags of Microsoft.FeatureManagement'),
    h('p', { class: 'hint' },
      'Read-only: they are not defined in the ActionTracing section, so they have no rollout, audit or kill switch.'),
    h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Other flags' },
      h('table', null,
        h('thead', null, h('tr', null, ['Flag', 'State', 'Filters'].map(title => h('th', { scope: 'col' }, title)))),
        rows)));
  let known = [];
  let text = '';
  let shows = '';

  function draw() {
    const shown = known.filter(feature => text !== null && feature.name.toLowerCase().includes(text));
    const next = JSON.stringify(shown);
    if (next === shows) return;
    shows = next;
    element.hidden = shown.length === 0;
    render(rows, shown.map(row));
  }

  async function update() {
    try {
      known = await get('features');
      draw();
    } catch {
      // The last known flags stay. The page shows elsewhere that the server does not answer.
    }
  }

  update();
  return {
    element,
    update,
    /** Shows the flags whose name contains a text; null shows none. */
    filter(wanted) {
      text = wanted;
      draw();
    },
  };
}

const row = ({ name, state, requirement, filters, variants }) => h('tr', null,
  h('th', { scope: 'row' }, words(name)),
  h('td', null, h('span', { class: `chip ${state}` }, state)),
  h('td', null,
    filters.length > 0 && [filters.length > 1 && `${requirement} of `, words(filters.join(', '))],
    filters.length > 0 && variants.length > 0 && '; ',
    variants.length > 0 && ['variants ', words(variants.join(', '))]));
