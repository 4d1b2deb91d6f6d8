// All experiments, with their verdicts.

import { get } from './api.js';
import { count, h, moment, render, words } from './dom.js';
import { experimentPath, verdictChip } from './experiment.js';
import { href } from './flags.js';

export function experimentsView(model) {
  const list = h('ul', { class: 'experiments' });
  let turn = 0;

  async function update() {
    const mine = ++turn;
    const flags = model.flags.filter(flag => flag.experiment).sort((left, right) => left.name.localeCompare(right.name));
    const found = await Promise.allSettled(flags.map(flag => get(experimentPath(flag.name))));
    if (mine !== turn) return;
    if (flags.length) render(list, flags.map((flag, i) => item(flag, found[i])));
    else render(list, h('li', { class: 'empty' }, 'No flag has an experiment.'));
  }

  update();
  return {
    title: 'Experiments',
    update,
    every: 10000,
    element: h('section', { 'aria-labelledby': 'title' },
      h('h1', { id: 'title', tabindex: -1 }, 'Experiments'),
      h('div', { class: 'panel' }, list)),
  };
}

const item = (flag, { value: result, reason }) => h('li', null,
  h('div', { class: 'verdict' },
    h('a', { href: href(flag.name), id: `experiment-${flag.name}` }, words(flag.name)),
    result && verdictChip(result),
    result && h('span', { class: 'hint' },
      `${count(result.units, 'unit')} of ${result.plannedUnits.toLocaleString()} planned, since `, moment(result.started))),
  h('p', null, words(result?.summary ?? reason.message)));
