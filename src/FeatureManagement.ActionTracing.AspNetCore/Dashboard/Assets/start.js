// Starts a rollout: with the configured plan or another one, after a preview of its steps.

import { flagPath, send } from './api.js';
import { confirm } from './confirm.js';
import { previewCurve } from './curve.js';
import { count, h, percent, render } from './dom.js';

const Units = { minutes: 60000, hours: 3600000, days: 86400000 };
const Types = ['linear', 'exponential', 'stepped', 'custom'];

// The fields that only some types have.
const Shown = {
  curve: ['linear', 'exponential', 'stepped'],
  stepped: ['stepped'],
  custom: ['custom'],
  target: ['linear', 'exponential'], // the others end with their list
};

export function start(flag, done) {
  const type = h('select', { name: 'type' },
    h('option', { value: '' }, 'As configured'), Types.map(value => h('option', { value }, value)));
  const only = fields();
  const plan = h('div', { class: 'plan' }, only.curve, only.stepped, only.custom, common(only.target));
  const preview = h('div', { class: 'preview', role: 'status' });
  let waiting = 0;
  let turn = 0;

  const form = h('div', { class: 'stack', oninput: () => show() }, h('label', { class: 'field' }, 'Plan', type), plan, preview);

  function show() {
    clearTimeout(waiting);
    enable(plan, type.value !== '');
    for (const [name, types] of Object.entries(Shown)) enable(only[name], types.includes(type.value));
    waiting = setTimeout(ask, 200);
  }

  async function ask() {
    if (!type.form?.isConnected) return;
    const mine = ++turn;
    try {
      const steps = await send('POST', `${flagPath(flag.name)}/rollout/preview`, planOf(new FormData(type.form)));
      if (mine === turn) render(preview, drawn(steps, Math.max(240, preview.clientWidth)));
    } catch (error) {
      if (mine === turn) render(preview, problems(error));
    }
  }

  confirm({
    title: `Start the rollout of ${flag.name}?`,
    action: `Start ${flag.name}`,
    body: [
      h('p', null, 'It advances on monitored time only.'),
      h('p', null, 'It is rolled back automatically when exposed users have worse outcomes than control.'),
    ],
    fields: [form],
    run: (reason, data) => send('POST', `${flagPath(flag.name)}/rollout`, { ...planOf(data), reason }),
    done,
  });
  show();
}

function problems(error) {
  let sentences = [error.message];
  if (error.sentences?.length) sentences = error.sentences;
  return sentences.map(sentence => h('p', { class: 'problem' }, sentence));
}

function drawn(steps, width) {
  const [first, last] = [steps[0], steps.at(-1)];
  return [
    previewCurve(steps, width),
    h('p', { class: 'hint' },
      `From ${percent(first.percentage)} to ${percent(last.percentage)} in ${count(steps.length - 1, 'step')}, `
      + `complete ${new Date(last.at).toLocaleString()} if nothing puts it on hold.`),
  ];
}

// A hidden field is not sent.
function enable(element, on) {
  element.hidden = !on;
  for (const field of element.querySelectorAll('input, select, textarea'))
    field.disabled = !on || Boolean(field.closest('[hidden]'));
}

const field = (label, ...inputs) => h('label', { class: 'field' }, label, inputs);
const number = (name, attributes) => h('input', { name, type: 'number', min: 0, step: 'any', ...attributes });
const pair = (...parts) => h('div', { class: 'pair' }, parts);
const choice = (name, options) => h('select', { name },
  Object.entries(options).map(([value, label]) => h('option', { value }, label)));

const unitOption = unit => h('option', { value: unit, selected: unit === 'hours' }, unit);

const fields = () => ({
  curve: pair(
    field('Duration', number('duration', { value: 24, required: true })),
    field('in', h('select', { name: 'unit' }, Object.keys(Units).map(unitOption)))),
  stepped: field('Checkpoints, in %', h('input', { name: 'checkpoints', value: '25, 50, 75, 100', required: true })),
  custom: field('Schedule: [d.]hh:mm:ss and % on each line',
    h('textarea', { name: 'schedule', rows: 4, required: true }, '01:00:00 5\n06:00:00 25\n1.00:00:00 100')),
  target: field('To, in %', number('targetPercentage', { max: 100, value: 100 })),
});

const common = target => [
  pair(
    field('From, in %', number('startPercentage', { max: 100, placeholder: 'as now, at least 1' })),
    target),
  pair(
    field('Max error rate, in %', number('maxErrorRate', { max: 100, placeholder: 'no limit' })),
    field('Behind gates, in %', number('maxErrorRateWithoutControl', { min: 0.1, max: 100, placeholder: '10; 100 is off' }))),
  pair(
    field('Max mean latency, in ms', number('maxLatency', { placeholder: 'no limit' })),
    field('Min users per phase', number('minimumSamples', { step: 1, placeholder: '100 with a limit' }))),
  field('Start at', h('input', { name: 'startAt', type: 'datetime-local' })),
  pair(
    field('A rollback', choice('rollbackTo', { previous: 'restores the previous state', disabled: 'disables the flag' })),
    field('Comparison with control', choice('guard', { true: 'on', false: 'off' }))),
];

const scheduleOf = text => text.split('\n')
  .map(line => line.trim().split(/\s+/))
  .filter(([after]) => after)
  .map(([after, percentage]) => ({ after, percentage }));

/** The rolloutConfig of the form; empty for the configured plan. */
function planOf(data) {
  const type = data.get('type');
  if (!type) return {};
  const text = name => data.get(name)?.trim() || undefined;
  const value = (name, factor = 1) => text(name) && Number(text(name)) * factor;
  const rate = name => text(name) && Number(text(name)) / 100;
  const safetyThresholds = {
    maxErrorRate: rate('maxErrorRate'),
    maxLatency: value('maxLatency'),
    maxErrorRateWithoutControl: rate('maxErrorRateWithoutControl'),
    minimumSamples: value('minimumSamples'),
  };
  const duration = value('duration', Units[data.get('unit')]);
  return {
    type,
    duration: duration && Math.round(duration),
    checkpoints: text('checkpoints')?.split(/[,\s]+/).filter(Boolean),
    schedule: text('schedule') && scheduleOf(text('schedule')),
    startPercentage: value('startPercentage'),
    targetPercentage: value('targetPercentage'),
    startAt: text('startAt') && new Date(text('startAt')).toISOString(),
    rollbackTo: text('rollbackTo'),
    guard: data.get('guard') === 'true',
    safetyThresholds: Object.values(safetyThresholds).some(limit => limit !== undefined) ? safetyThresholds : undefined,
  };
}
