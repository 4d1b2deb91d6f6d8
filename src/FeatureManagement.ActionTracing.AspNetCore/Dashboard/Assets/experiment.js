// An experiment: who has what, what differs by how much, and whether that may be believed.

import { get } from './api.js';
import { differencePicture } from './difference.js';
import { count, h, known, moment, percent, render, words } from './dom.js';
import { p, same, signed, written } from './measure.js';

export const experimentPath = name => `experiments/${encodeURIComponent(name)}`;

const Words = { keep_running: 'keep running', better: 'better', worse: 'worse', broken_split: 'broken split' };

/** All planned units are in and every comparison has its minimum: to run on is no advice any more. */
const isFull = result => result.units >= result.plannedUnits && result.metrics[0].comparisons.every(comparison => comparison.minimumsMet);

const spelled = (verdict, result) => verdict === 'keep_running' && isFull(result) ? 'no difference shown' : Words[verdict];

/** A verdict, in words and colour: the whole result's, or that of one of its comparisons. */
export const verdictChip = (result, verdict = result.verdict) => h('span', { class: `chip verdict-${verdict}` }, spelled(verdict, result));

export function experimentPanel(model, name) {
  const said = h('p', { class: 'unseen', role: 'status' });
  const body = h('div');
  const exports = h('p', { class: 'buttons' },
    h('a', { class: 'button', href: `api/${experimentPath(name)}?format=csv`, download: `${name}.csv` }, 'Export CSV'),
    h('a', { class: 'button', href: `api/${experimentPath(name)}`, download: `${name}.json` }, 'Export JSON'));
  const element = h('section', { class: 'panel pad', 'aria-labelledby': 'experiment-title', hidden: true }, h('h2', { id: 'experiment-title' }, 'Experiment'), said, body, exports);
  let turn = 0;

  async function update() {
    element.hidden = !model.find(name)?.experiment;
    if (element.hidden) return;
    const mine = ++turn;
    try {
      const result = await get(experimentPath(name));
      if (mine !== turn) return;
      render(body, draw(result, Math.max(260, body.clientWidth)));
      if (said.textContent !== spelled(result.verdict, result)) said.textContent = spelled(result.verdict, result);
    } catch (error) {
      if (mine === turn) render(body, h('p', { class: 'problem' }, error.message));
    }
  }

  update();
  return { element, update };
}

function draw(result, width) {
  const broken = result.split.isBroken;
  const primary = result.metrics[0];
  return [
    h('div', { class: 'verdict' }, verdictChip(result), h('span', null,
      `${count(result.units, 'unit')} of ${result.plannedUnits.toLocaleString()} planned`, `; run ${result.run}, since `, moment(result.started))),
    h('p', { class: `state ${{ better: 'good', worse: 'bad', broken_split: 'bad' }[result.verdict] ?? ''}` }, words(result.summary)),
    split(result.split, result.control),
    !broken && primary.comparisons.map(comparison => differencePicture(result, primary, comparison, width)),
    result.metrics.map(metric => metricTable(metric, result, broken)),
    h('p', { class: 'hint' },
      `Quote the interval, not the estimate: an estimate at an early stop exaggerates. Intervals and p-values of the primary metric hold at all looks together; a false claim has at most ${percent(100 * result.alpha)}. `,
      'The chance to beat control is Bayesian and informational: no decision rests on it.'),
  ];
}

function split({ isBroken, pValue, shares }, control) {
  const all = shares.reduce((sum, share) => sum + share.units, 0);
  const part = units => all ? percent(Math.round(1000 * units / all) / 10) : '';
  return h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': 'Split of units' },
    h('table', null,
      h('caption', null, h('strong', null, 'Split: '), isBroken ? 'not as configured, so that no result can be trusted' : all ? 'as configured, as far as can be told' : 'no units yet', ` (p ${p(pValue)}; broken below 0.001)`),
      header('Variant', 'Units', 'Percentage', 'Expected'),
      h('tbody', null, shares.map(share => h('tr', null,
        h('th', { scope: 'row' }, words(share.variant), same(share.variant, control) && h('span', { class: 'tag' }, 'control')),
        h('td', null, share.units.toLocaleString()),
        h('td', null, part(share.units)),
        h('td', null, part(share.expected)))))));
}

function metricTable(metric, result, broken) {
  const { control } = result;
  const number = written(metric);
  const rows = metric.variants.map(arm => {
    const comparison = metric.comparisons.find(other => other.variant === arm.variant);
    const { difference, lift, pValue, chanceToBeatControl: chance, verdict, decidedAt } = comparison ?? {};
    return h('tr', null,
      h('th', { scope: 'row' }, words(arm.variant), same(arm.variant, control) && h('span', { class: 'tag' }, 'control')),
      h('td', null, arm.units.toLocaleString()),
      h('td', null, known(arm.mean) && number(arm.mean)),
      comparison && !broken
        ? [h('td', null, interval(difference, value => number(value, true))),
          h('td', null, interval(lift, value => signed(100 * value, ' %'))),
          h('td', null, p(pValue)),
          h('td', null, known(chance) && percent(Math.round(1000 * chance) / 10)),
          h('td', null, verdictChip(result, verdict), decidedAt && h('span', { class: 'hint' }, ' final, as it was ', moment(decidedAt)))]
        : h('td', { colspan: 5, class: 'hint' }, comparison ? 'not compared: the split is broken' : ''));
  });
  const about = [metric.role === 'secondary' ? 'secondary, exploratory' : metric.role, metric.higherIsBetter ? 'more is better' : 'less is better'].join(', ');
  return h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': `Metric ${metric.name}` },
    h('table', null,
      h('caption', null, h('strong', null, words(metric.name)), ` (${about})`),
      header('Variant', 'Units', metric.kind === 'binary' ? 'Rate' : 'Mean', 'Difference', 'Lift', 'p', 'Beats control', 'Verdict'),
      h('tbody', null, rows)));
}

const header = (...titles) => h('thead', null, h('tr', null, titles.map(title => h('th', { scope: 'col' }, title))));

const interval = (found, number) => found
  ? [h('span', { class: 'range-of' }, `${number(found.low)} to ${number(found.high)}`), h('span', { class: 'hint' }, ` (${number(found.estimate)})`)]
  : 'not available';
