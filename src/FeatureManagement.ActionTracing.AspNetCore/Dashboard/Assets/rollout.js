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
  const ended = ['complete', 'rolled_back', 'rolling_back'].includes(rollout.phase);
  return [
    h('div', { class: 'progress' },
      h('span', { class: `chip phase ${rollout.phase}` }, rollout.phase.replace('_', ' ')),
      h('progress', { max: 100, value: done, 'aria-label': 'Credited time' }),
      h('span', null, `${percent(rollout.currentPercentage)} of users, ${done} % of the time credited`)),
    (ended || rollout.phase === 'paused') && h('p', { class: `state ${rollout.phase.startsWith('roll') ? 'bad' : ''}` }, words(rollout.reason), ' — ', words(rollout.actor)),
    rollout.waitingFor && h('p', { class: 'state' }, words(rollout.waitingFor)),
    rollout.note && h('p', { class: 'state' }, words(rollout.note)),
    curve(rollout, width),
    h('ul', { class: 'comparisons' },
      comparison('Errors', rollout.errors, rate),
      comparison('Latency', rollout.latency, milliseconds),
      comparison('Slow', rollout.slow, rate)),
    h('p', { class: 'hint' },
      'Started ', moment(rollout.startedAt),
      rollout.estimatedCompletion && ['; complete ', moment(rollout.estimatedCompletion), ' if nothing holds it'],
      `. Seen: ${rollout.exposedUnits.toLocaleString()} exposed, ${rollout.controlUnits.toLocaleString()} control.`),
  ];
}

/** Milliseconds of a duration: a number of them, or [d.]hh:mm:ss. */
function duration(value) {
  if (typeof value === 'number') return value;
  const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(value) ?? [0, 0, 0, 0, 0];
  return 1000 * ((((days ?? 0) * 24 + +hours) * 60 + +minutes) * 60 + +seconds);
}

/** The share that the plan has in mind at each part of the credited time. */
function plan({ plan, startPercentage: start, targetPercentage: target }) {
  const steps = shares => shares.flatMap(([progress, share], i) => [[progress, i ? shares[i - 1][1] : start], [progress, share]]);
  switch (plan.type) {
    case 'stepped': return [[0, start], ...steps(plan.checkpoints.map((share, i, all) => [(i + 1) / all.length, Math.max(start, Math.min(share, target))]))];
    case 'custom': return [[0, start], ...steps(plan.schedule.map(({ after, percentage }) => [Math.min(1, duration(after) / duration(plan.duration)), percentage])), [1, target]];
    default: return Array.from({ length: 41 }, (_, i) => [i / 40, start + (target - start) * (i / 40) ** (plan.type === 'exponential' ? 2 : 1)]);
  }
}

/** The share over credited time: walked, and still to come. */
function curve(rollout, width) {
  const x = progress => Left + progress * (width - Left - Right);
  const y = share => Top + (1 - share / 100) * (Height - Top - Bottom);
  const line = points => points.map(([progress, share], i) => `${i ? 'L' : 'M'}${x(progress).toFixed(1)} ${y(share).toFixed(1)}`).join('');
  const here = [rollout.progress, rollout.currentPercentage];
  const points = plan(rollout);
  const walked = [...points.filter(([progress]) => progress < here[0]), here];
  const ahead = [here, ...points.filter(([progress]) => progress > here[0])];
  const label = `From ${percent(rollout.startPercentage)} to ${percent(rollout.targetPercentage)}; now at ${percent(rollout.currentPercentage)}.`;
  return s('svg', { viewBox: `0 0 ${width} ${Height}`, class: 'curve', role: 'img', 'aria-label': label },
    [0, 25, 50, 75, 100].map(share => [
      s('line', { class: 'grid', x1: Left, x2: width - Right, y1: y(share), y2: y(share) }),
      s('text', { x: Left - 6, y: y(share) + 4, 'text-anchor': 'end' }, share),
    ]),
    s('text', { x: Left, y: Height - 4 }, 'start'),
    s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, 'credited time'),
    s('path', { class: 'area', d: `${line(walked)}L${x(here[0])} ${y(0)}L${x(0)} ${y(0)}Z` }),
    s('path', { class: 'ahead', d: line(ahead) }),
    s('path', { class: 'walked', d: line(walked) }),
    s('circle', { class: 'here', cx: x(here[0]), cy: y(here[1]), r: 5 }));
}

/** Exposed against control: how many times as large, with the interval that holds however often one looks. */
function comparison(name, found, written) {
  if (!found) return null;
  const { exposed, control, lower, upper, evidence } = found;
  const bounded = lower > 0 && upper > 0;
  const reach = bounded ? 1.15 * Math.max(Math.abs(Math.log(lower)), Math.abs(Math.log(upper)), 0.01) : 1;
  const x = ratio => 100 + 96 * Math.log(ratio) / reach;
  const verdict = lower > 1 ? 'worse' : upper < 1 ? 'better' : 'no difference shown';
  return h('li', null,
    h('strong', null, name),
    s('svg', { viewBox: '0 0 200 20', class: `interval ${lower > 1 ? 'worse' : ''}`, 'aria-hidden': 'true' },
      s('line', { class: 'grid', x1: 100, x2: 100, y1: 0, y2: 20 }),
      bounded && s('line', { class: 'range', x1: x(lower), x2: x(upper), y1: 10, y2: 10 }),
      found.ratio > 0 && s('circle', { cx: Math.max(4, Math.min(196, x(found.ratio))), cy: 10, r: 4 })),
    h('span', null, `exposed ${written(exposed)}, control ${written(control)}; ${bounded ? `${times(lower)} to ${times(upper)} times as much: ${verdict}` : 'too little to compare yet'}`),
    h('span', { class: 'hint' }, `${Math.round(100 * evidence)} % of the evidence for a rollback`));
}

const rate = value => value === null || value === undefined ? 'unknown' : percent(100 * value);
const milliseconds = value => value === null || value === undefined ? 'unknown' : `${value.toLocaleString(undefined, { maximumSignificantDigits: 3 })} ms`;
const times = value => value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
