// An experiment: the units of each variant, the differences with their intervals, and the verdict.

import { get } from './api.js';
import { differencePicture } from './difference.js';
import { count, h, known, moment, percent, render, words } from './dom.js';
import { p, same, signed, written } from './measure.js';

export const experimentPath = name => `experiments/${encodeURIComponent(name)}`;

// The verdicts, with the colour of the summary.
const Verdicts = {
  keep_running: ['keep running', ''],
  better: ['better', 'good'],
  worse: ['worse', 'bad'],
  sample_ratio_mismatch: ['sample ratio mismatch', 'bad'],
};

const Means = { binary: 'Rate', continuous: 'Mean' };

const Roles = { secondary: 'secondary, exploratory' }; // all others by their name

/** All planned units are in, and every comparison has its minimum: running longer is no advice any more. */
const isFull = result => result.units >= result.plannedUnits
  && result.metrics[0].comparisons.every(comparison => comparison.minimumsMet);

function spelled(verdict, result) {
  if (verdict === 'keep_running' && isFull(result)) return 'no difference shown';
  return Verdicts[verdict][0];
}

/** A verdict as a text with a colour: of the result, or of one of its comparisons. */
export const verdictChip = (result, verdict = result.verdict) =>
  h('span', { class: `chip verdict-${verdict}` }, spelled(verdict, result));

export function experimentPanel(model, name) {
  const said = h('p', { class: 'unseen', role: 'status' });
  const body = h('div');
  const exports = h('p', { class: 'buttons' },
    h('a', { class: 'button', href: `api/${experimentPath(name)}?format=csv`, download: `${name}.csv` }, 'Export CSV'),
    h('a', { class: 'button', href: `api/${experimentPath(name)}`, download: `${name}.json` }, 'Export JSON'));
  const element = h('section', { class: 'panel pad', 'aria-labelledby': 'experiment-title', hidden: true },
    h('h2', { id: 'experiment-title' }, 'Experiment'), said, body, exports);
  let turn = 0;

  async function update() {
    element.hidden = !model.find(name)?.experiment;
    if (element.hidden) return;
    const mine = ++turn;
    try {
      const result = await get(experimentPath(name));
      if (mine !== turn) return;
      render(body, draw(result, Math.max(260, body.clientWidth)));
      const verdict = spelled(result.verdict, result);
      if (said.textContent !== verdict) said.textContent = verdict;
    } catch (error) {
      if (mine === turn) render(body, h('p', { class: 'problem' }, error.message));
    }
  }

  update();
  return { element, update };
}

function draw(result, width) {
  const isMismatch = result.sampleRatio.isMismatch;
  const primary = result.metrics[0];
  return [
    h('div', { class: 'verdict' }, verdictChip(result), h('span', null,
      `${count(result.units, 'unit')} of ${result.plannedUnits.toLocaleString()} planned; run ${result.run}, since `,
      moment(result.started))),
    h('p', { class: `state ${Verdicts[result.verdict][1]}` }, words(result.summary)),
    sampleRatio(result.sampleRatio, result.control),
    !isMismatch && primary.comparisons.map(comparison => differencePicture(result, primary, comparison, width)),
    result.metrics.map(metric => metricTable(metric, result)),
    h('p', { class: 'hint' },
      'Quote the interval, not the estimate: an estimate at an early stop is too large. '
      + 'Intervals and p-values of the primary metric are valid at all analyses together; '
      + `the probability of a false claim is at most ${percent(100 * result.alpha)}. `,
      'The chance to beat control is Bayesian and informational: it decides nothing.'),
  ];
}

function sampleRatio({ isMismatch, pValue, allocation: units }, control) {
  const all = units.reduce((sum, variant) => sum + variant.units, 0);
  const part = value => all > 0 && percent(Math.round(1000 * value / all) / 10);
  return h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': 'Sample ratio' },
    h('table', null,
      h('caption', null,
        h('strong', null, 'Sample ratio: '), ratioVerdict(isMismatch, all), ` (p ${p(pValue)}; mismatch below 0.001)`),
      header('Variant', 'Units', 'Percentage', 'Expected'),
      h('tbody', null, units.map(variant => h('tr', null,
        variantHead(variant.variant, control),
        h('td', null, variant.units.toLocaleString()),
        h('td', null, part(variant.units)),
        h('td', null, part(variant.expected)))))));
}

function ratioVerdict(isMismatch, all) {
  if (isMismatch) return 'not as configured, so that no result can be trusted';
  if (all === 0) return 'no units yet';
  return 'as configured, no mismatch found';
}

const variantHead = (variant, control) =>
  h('th', { scope: 'row' }, words(variant), same(variant, control) && h('span', { class: 'tag' }, 'control'));

function metricTable(metric, result) {
  const number = written(metric);
  const rows = metric.variants.map(arm => {
    const comparison = metric.comparisons.find(other => other.variant === arm.variant);
    return h('tr', null,
      variantHead(arm.variant, result.control),
      h('td', null, arm.units.toLocaleString()),
      h('td', null, known(arm.mean) && number(arm.mean)),
      comparisonCells(comparison, number, result));
  });
  let direction = 'less is better';
  if (metric.higherIsBetter) direction = 'more is better';
  return h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': `Metric ${metric.name}` },
    h('table', null,
      h('caption', null, h('strong', null, words(metric.name)), ` (${Roles[metric.role] ?? metric.role}, ${direction})`),
      header('Variant', 'Units', Means[metric.kind], 'Difference', 'Lift', 'p', 'Beats control', 'Verdict'),
      h('tbody', null, rows)));
}

function comparisonCells(comparison, number, result) {
  if (!comparison) return h('td', { colspan: 5 });
  if (result.sampleRatio.isMismatch) return h('td', { colspan: 5, class: 'hint' }, 'not compared: sample ratio mismatch');
  const { difference, lift, pValue, chanceToBeatControl: chance, verdict, decidedAt } = comparison;
  return [
    h('td', null, interval(difference, value => number(value, true))),
    h('td', null, interval(lift, value => signed(100 * value, ' %'))),
    h('td', null, p(pValue)),
    h('td', null, known(chance) && percent(Math.round(1000 * chance) / 10)),
    h('td', null, verdictChip(result, verdict), decidedAt && h('span', { class: 'hint' }, ' final, decided ', moment(decidedAt))),
  ];
}

const header = (...titles) => h('thead', null, h('tr', null, titles.map(title => h('th', { scope: 'col' }, title))));

function interval(found, number) {
  if (!found) return 'not available';
  return [
    h('span', { class: 'range-of' }, `${number(found.low)} to ${number(found.high)}`),
    h('span', { class: 'hint' }, ` (${number(found.estimate)})`),
  ];
}
