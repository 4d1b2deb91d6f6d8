// Starting a rollout: by the plan that configuration has, or by another one, with a look at its steps first.

import { flagPath, send } from './api.js';
import { confirm } from './confirm.js';
import { previewCurve } from './curve.js';
import { count, h, percent, render } from './dom.js';

const Units = { minutes: 60000, hours: 3600000, days: 86400000 };

export function start(flag, done) {
  const type = h('select', { name: 'type' },
    h('option', { value: '' }, 'As configured'), ['linear', 'exponential', 'stepped', 'custom'].map(value => h('option', { value }, value)));
  const only = Object.fromEntries(['curve', 'stepped', 'custom', 'target'].map(kind => [kind, fieldsOf(kind)]));
  const plan = h('div', { class: 'plan' }, only.curve, only.stepped, only.custom, common(only.target));
  const preview = h('div', { class: 'preview', role: 'status' });
  let waiting = 0;
  let turn = 0;

  const fields = h('div', { class: 'stack', oninput: () => show() }, h('label', { class: 'field' }, 'Plan', type), plan, preview);

  function show() {
    clearTimeout(waiting);
    const chosen = type.value;
    enable(plan, chosen !== '');
    enable(only.curve, chosen !== '' && chosen !== 'custom');
    enable(only.stepped, chosen === 'stepped');
    enable(only.custom, chosen === 'custom');
    enable(only.target, chosen === 'linear' || chosen === 'exponential'); // the others end where their list ends
    waiting = setTimeout(ask, 200);
  }

  async function ask() {
    if (!type.form?.isConnected) return;
    const mine = ++turn;
    try {
      const steps = await send('POST', `${flagPath(flag.name)}/rollout/preview`, planOf(new FormData(type.form)));
      if (mine === turn) render(preview, drawn(steps, Math.max(240, preview.clientWidth)));
    } catch (error) {
      if (mine === turn) render(preview, (error.sentences?.length ? error.sentences : [error.message]).map(sentence => h('p', { class: 'problem' }, sentence)));
    }
  }

  confirm({
    title: `Start the rollout of ${flag.name}?`,
    action: `Start ${flag.name}`,
    body: [h('p', null, 'It advances on monitored time only, and is rolled back by itself when users with the flag have worse outcomes than users without it.')],
    fields: [fields],
    run: (reason, data) => send('POST', `${flagPath(flag.name)}/rollout`, { ...planOf(data), reason }),
    done,
  });
  show();
}

function drawn(steps, width) {
  const [first, last] = [steps[0], steps.at(-1)];
  return [
    previewCurve(steps, width),
    h('p', { class: 'hint' }, `From ${percent(first.percentage)} to ${percent(last.percentage)} in ${count(steps.length - 1, 'move')}, complete ${new Date(last.at).toLocaleString()} if nothing puts it on hold.`),
  ];
}

// What is not shown is not sent.
function enable(element, on) {
  element.hidden = !on;
  for (const field of element.querySelectorAll('input, select, textarea')) field.disabled = !on || Boolean(field.closest('[hidden]'));
}

const field = (label, ...inputs) => h('label', { class: 'field' }, label, inputs);
const number = (name, attributes) => h('input', { name, type: 'number', min: 0, step: 'any', ...attributes });

function fieldsOf(kind) {
  return kind === 'curve' ? h('div', { class: 'pair' },
      field('Duration', number('duration', { value: 24, required: true })),
      field('in', h('select', { name: 'unit' }, Object.keys(Units).map(unit => h('option', { value: unit, selected: unit === 'hours' }, unit)))))
    : kind === 'stepped' ? field('Checkpoints, in %', h('input', { name: 'checkpoints', value: '25, 50, 75, 100', required: true }))
    : kind === 'target' ? field('To, in %', number('targetPercentage', { max: 100, value: 100 }))
    : field('Schedule: [d.]hh:mm:ss and % on each line', h('textarea', { name: 'schedule', rows: 4, required: true }, '01:00:00 5\n06:00:00 25\n1.00:00:00 100'));
}

const common = target => [
  h('div', { class: 'pair' },
    field('From, in %', number('startPercentage', { max: 100, placeholder: 'as now, at least 1' })),
    target),
  h('div', { class: 'pair' },
    field('Most errors, in %', number('maxErrorRate', { max: 100, placeholder: 'no limit' })),
    field('Behind gates, in %', number('maxErrorRateWithoutControl', { min: 0.1, max: 100, placeholder: '10; 100 is off' }))),
  h('div', { class: 'pair' },
    field('Mean latency, in ms', number('maxLatency', { placeholder: 'no limit' })),
    field('Least users per phase', number('minimumSamples', { step: 1, placeholder: '100 with a limit' }))),
  field('Start at', h('input', { name: 'startAt', type: 'datetime-local' })),
  h('div', { class: 'pair' },
    field('A rollback', h('select', { name: 'rollbackTo' }, h('option', { value: 'previous' }, 'puts back what was'), h('option', { value: 'disabled' }, 'disables the flag'))),
    field('Comparison with control', h('select', { name: 'guard' }, h('option', { value: 'true' }, 'guards it'), h('option', { value: 'false' }, 'is switched off')))),
];

/** The rolloutConfig that a form says; empty for the flag's own. */
function planOf(data) {
  const type = data.get('type');
  if (!type) return {};
  const text = name => data.get(name)?.trim() || undefined;
  const value = name => text(name) === undefined ? undefined : Number(text(name));
  const limits = {
    maxErrorRate: value('maxErrorRate') === undefined ? undefined : value('maxErrorRate') / 100,
    maxLatency: value('maxLatency'),
    maxErrorRateWithoutControl: value('maxErrorRateWithoutControl') === undefined ? undefined : value('maxErrorRateWithoutControl') / 100,
    minimumSamples: value('minimumSamples'),
  };
  return {
    type,
    duration: value('duration') === undefined ? undefined : Math.round(value('duration') * Units[data.get('unit')]),
    checkpoints: text('checkpoints')?.split(/[,\s]+/).filter(Boolean),
    schedule: text('schedule')?.split('\n').map(line => line.trim().split(/\s+/)).filter(([after]) => after).map(([after, percentage]) => ({ after, percentage })),
    startPercentage: value('startPercentage'),
    targetPercentage: value('targetPercentage'),
    startAt: text('startAt') && new Date(text('startAt')).toISOString(),
    rollbackTo: text('rollbackTo'),
    guard: data.get('guard') === 'true',
    ...(Object.values(limits).some(limit => limit !== undefined) ? { safetyThresholds: limits } : {}),
  };
}
