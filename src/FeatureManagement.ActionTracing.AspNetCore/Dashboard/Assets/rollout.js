// A rollout: how far it is, where it goes, how the exposed fare against control, and what it waits for.

import { flagPath, get } from './api.js';
import { h, moment, percent, render, s, words } from './dom.js';

const Height = 190, Left = 34, Right = 8, Bottom = 22, Top = 10;

export function rolloutPanel(model, name) {
  const body = h('div', { class: 'rollout' });
  const element = h('section', { class: 'panel pad', 'aria-labelledby': 'rollout-title', hidden: true }, h('h2', { id: 'rollout-title' }, 'Rollout'), body);
  let turn = 0;

  async function update() {
    const flag = model.find(name);
    element.hidden = !flag?.rollout;
    if (element.hidden) return;
    const mine = ++turn;
    try {
      const rollout = await get(`${flagPath(name)}/rollout`);
      if (mine === turn) render(body, draw(rollout, Math.max(280, body.clientWidth)));
    } catch (error) {
      if (mine === turn) render(body, h('p', { class: 'problem' }, error.message));
    }
  }

  update();
  return { element, update };
}

function draw(rollout, width) {
  const done = Math.round(100 * rollout.progress);
  return [
    h('div', { class: 'progress' },
      h('span', { class: `chip phase ${rollout.phase}` }, rollout.phase.replace('_', ' ')),
      h('progress', { max: 100, value: done, 'aria-label': 'Credited time' }),
      h('span', null, `${percent(rollout.percentage)} of users, ${done} % of the time credited`)),
    rollout.reason && h('p', { class: 'state bad' }, words(rollout.reason)),
    rollout.waitingFor && h('p', { class: 'state' }, words(rollout.waitingFor)),
    curve(rollout, width),
    rollout.comparisons?.length > 0 && h('ul', { class: 'comparisons' }, rollout.comparisons.map(comparison)),
    h('p', { class: 'hint' },
      'Started ', moment(rollout.startedAt),
      rollout.samples && `. Seen: ${rollout.samples.exposed.toLocaleString()} exposed, ${rollout.samples.control.toLocaleString()} control`,
      rollout.samples?.required > 0 && ` (${rollout.samples.required.toLocaleString()} needed in this phase)`, '.'),
  ];
}

/** The share over credited time: walked, and still to come. */
function curve(rollout, width) {
  const x = progress => Left + progress * (width - Left - Right);
  const y = share => Top + (1 - share / 100) * (Height - Top - Bottom);
  const line = points => points.map((point, i) => `${i ? 'L' : 'M'}${x(point.progress).toFixed(1)} ${y(point.percentage).toFixed(1)}`).join('');
  const here = { progress: rollout.progress, percentage: rollout.percentage };
  const walked = [...rollout.curve.filter(point => point.progress <= rollout.progress), here];
  const ahead = [here, ...rollout.curve.filter(point => point.progress > rollout.progress)];
  const label = `From ${percent(rollout.startPercentage)} to ${percent(rollout.targetPercentage)}; now at ${percent(rollout.percentage)}.`;
  return s('svg', { viewBox: `0 0 ${width} ${Height}`, class: 'curve', role: 'img', 'aria-label': label },
    [0, 25, 50, 75, 100].map(share => [
      s('line', { class: 'grid', x1: Left, x2: width - Right, y1: y(share), y2: y(share) }),
      s('text', { x: Left - 6, y: y(share) + 4, 'text-anchor': 'end' }, share),
    ]),
    s('text', { x: Left, y: Height - 4 }, 'start'),
    s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, 'credited time'),
    s('path', { class: 'area', d: `${line(walked)}L${x(rollout.progress)} ${y(0)}L${x(0)} ${y(0)}Z` }),
    s('path', { class: 'ahead', d: line(ahead) }),
    s('path', { class: 'walked', d: line(walked) }),
    s('circle', { class: 'here', cx: x(here.progress), cy: y(here.percentage), r: 5 }));
}

/** Exposed against control with the interval that holds however often one looks. */
function comparison({ metric, control, exposed, low, high, evidence, limit }) {
  const reach = 1.15 * Math.max(Math.abs(low), Math.abs(high), 1e-9);
  const x = value => 100 + 96 * value / reach;
  const verdict = low > 0 ? 'worse' : high < 0 ? 'better' : 'no difference shown';
  return h('li', null,
    h('strong', null, metric),
    s('svg', { viewBox: '0 0 200 20', class: `interval ${low > 0 ? 'worse' : ''}`, 'aria-hidden': 'true' },
      s('line', { class: 'grid', x1: 100, x2: 100, y1: 0, y2: 20 }),
      s('line', { class: 'range', x1: x(low), x2: x(high), y1: 10, y2: 10 }),
      s('circle', { cx: x((low + high) / 2), cy: 10, r: 4 })),
    h('span', null, `exposed ${exposed}, control ${control}; difference ${signed(low)} to ${signed(high)}: ${verdict}`),
    evidence !== undefined && h('span', { class: 'hint' }, `evidence ${evidence} of ${limit}`));
}

const signed = number => `${number > 0 ? '+' : ''}${number.toLocaleString(undefined, { maximumSignificantDigits: 3 })}`;
