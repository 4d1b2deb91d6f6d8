// A rollout: its progress, its curve, exposed compared with control, and its next step.

import { flagPath, get } from './api.js';
import { comparison, milliseconds, rate } from './comparison.js';
import { duration, monitored, rolloutCurve } from './curve.js';
import { about, count, h, known, moment, percent, render, words } from './dom.js';
import { planFacts } from './plan.js';

const StepColumns = ['Percentage', 'Since', 'New exposed', 'New control', 'Error rate', 'Mean latency', 'Actions per s'];

export function rolloutPanel(model, name) {
  const title = h('h2', { id: 'rollout-title' }, 'Rollout');
  const said = h('p', { class: 'unseen', role: 'status' }); // a screen reader reads each new phase aloud, not each step
  const body = h('div', { class: 'rollout' });
  const steps = h('tbody');
  const sum = h('summary', { id: 'rollout-steps' });
  const history = h('details', null, sum,
    h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': 'Steps of the rollout' },
      h('table', null,
        h('thead', null, h('tr', null, StepColumns.map(head => h('th', { scope: 'col' }, head)))),
        steps)));
  const facts = h('dl', { class: 'plan-facts' });
  const plan = h('details', null, h('summary', { id: 'rollout-plan' }, 'Plan, thresholds and guards'), facts);
  const element = h('section', { class: 'panel pad', 'aria-labelledby': 'rollout-title', hidden: true },
    title, said, body, plan, history);
  let turn = 0;

  function show(rollout) {
    title.textContent = 'Rollout';
    if (rollout.endedAt) title.textContent = 'Last rollout';
    render(body, draw(rollout, Math.max(260, body.clientWidth)));
    render(facts, planFacts(rollout));
    render(sum, `Steps (${rollout.history.length.toLocaleString()})`);
    render(steps, rollout.history.toReversed().map(step));
    history.hidden = rollout.history.length === 0;
    const phase = `Rollout ${spelled(rollout.phase)}`;
    if (said.textContent !== phase) said.textContent = phase;
  }

  async function update() {
    const flag = model.find(name);
    element.hidden = !flag?.rollout;
    if (element.hidden) return;
    const mine = ++turn;
    try {
      const rollout = await get(`${flagPath(name)}/rollout`);
      if (mine === turn) show(rollout);
    } catch (error) {
      if (mine === turn) render(body, h('p', { class: 'problem' }, error.message));
    }
  }

  update();
  return { element, update };
}

const spelled = phase => phase.replace('_', ' ');

// A note may begin with the guards.
const showsGuards = ({ endedAt, guards, note }) => !endedAt && guards && !note?.startsWith(guards);

const isRolledBack = rollout => rollout.phase.startsWith('roll');

function draw(rollout, width) {
  const part = monitored(rollout);
  return [
    progress(rollout, part),
    rollout.phase === 'complete' && part < 1 && completedByUser(rollout, part),
    rollout.endedAt && ending(rollout),
    rollout.nextStep && nextStep(rollout),
    rollout.note && h('p', { class: 'state' }, words(rollout.note)),
    showsGuards(rollout) && h('p', { class: 'hint' }, words(rollout.guards)),
    rolloutCurve(rollout, width),
    compared(rollout),
    footer(rollout, part),
  ];
}

function progress(rollout, part) {
  const done = Math.floor(100 * part);
  let when = '';
  if (isRolledBack(rollout)) when = ' when it ended';
  return h('div', { class: 'progress' },
    h('span', { class: `chip phase ${rollout.phase}` }, spelled(rollout.phase)),
    h('progress', { max: 100, value: done, class: rollout.isOnHold && 'on-hold', 'aria-label': 'Monitored time' }),
    h('span', null, h('strong', null, about(rollout.currentPercentage)), ` of users${when}, ${done} % of the monitored time`));
}

function completedByUser(rollout, part) {
  const percentage = rollout.history.at(-1)?.percentage ?? rollout.startPercentage;
  return h('p', { class: 'state' },
    `Completed by a user at ${about(percentage)}, after ${Math.floor(100 * part)} % of the monitored time: `
    + 'the remaining steps were not tested.');
}

function ending(rollout) {
  const by = [words(rollout.reason), ' — ', words(rollout.actor), ', ', moment(rollout.endedAt)];
  if (isRolledBack(rollout)) return h('p', { class: 'state bad' }, 'Rolled back: ', by);
  return h('p', { class: 'state good' }, 'Complete: ', by);
}

function nextStep(rollout) {
  const step = words(rollout.nextStep);
  if (rollout.isOnHold && rollout.phase !== 'paused') return h('p', { class: 'state on-hold' }, 'On hold: ', step);
  return h('p', { class: 'state' }, step);
}

function footer(rollout, part) {
  let begins = 'Started ';
  if (rollout.phase === 'planned') begins = 'Starts ';
  return h('p', { class: 'hint' },
    begins, moment(rollout.startedAt),
    !rollout.endedAt && [' by ', words(rollout.actor), ': ', words(rollout.reason)],
    rollout.estimatedCompletion && completion(rollout, part), '. ',
    !rollout.endedAt && Rollbacks[rollout.plan.rollbackTo],
    rollout.phase === 'complete' && 'There is nothing to roll back: change the flag, or kill it. ',
    rollout.defaultKeys > 0 && `${count(rollout.defaultKeys, 'evaluation')} had no identity and count in no comparison.`);
}

const Rollbacks = {
  disabled: 'A rollback disables the flag. ',
  previous: 'A rollback restores the previous state. ',
};

function compared(rollout) {
  const rows = [
    comparison('Errors', rollout.errors, rate, 'no errors so far, with the flag on or off'),
    comparison('Typical latency', rollout.latency, milliseconds),
    comparison('Slow actions', rollout.slow, rate, 'no slow actions so far, with the flag on or off'),
  ].filter(Boolean);
  const gated = rollout.withoutControl;
  const units = `New users, counted once in each round: ${rollout.exposedUnits.toLocaleString()} exposed (flag on), `
    + `${rollout.controlUnits.toLocaleString()} in control (flag off).`;
  return [
    !rollout.endedAt && h('p', { class: 'hint' }, units),
    gated && h('p', { class: 'hint' },
      `Behind gates of the flag ${rate(gated.exposed)} of exposed users had an error at their first action; `
      + `${Math.round(100 * gated.evidence)} % of the evidence for a rollback.`),
    rows.length > 0 && h('ul', { class: 'comparisons' }, rows),
    rows.length > 0 && rollout.plan.guard && h('p', { class: 'hint' },
      'The bounds are valid at every check; the probability of a false rollback is at most '
      + `${percent(100 * rollout.plan.alpha)} for the whole rollout.`),
  ];
}

function step({ percentage, at, exposedUnits, controlUnits, errorRate, meanLatency, throughput }) {
  const units = value => (known(throughput) || value > 0) && value.toLocaleString();
  return h('tr', null,
    h('td', null, about(percentage)),
    h('td', { class: 'when' }, moment(at)),
    h('td', null, units(exposedUnits)),
    h('td', null, units(controlUnits)),
    h('td', null, known(errorRate) && rate(errorRate)),
    h('td', null, known(meanLatency) && milliseconds(duration(meanLatency))),
    h('td', null, known(throughput) && throughput.toLocaleString(undefined, { maximumSignificantDigits: 3 })));
}

/** The time of completion. At the end of its time a rollout still needs a check: 'just now' would be wrong. */
function completion({ phase, estimatedCompletion }, part) {
  const isNear = new Date(estimatedCompletion) - Date.now() < 5000;
  if (phase !== 'planned' && (part >= 1 || isNear)) return '; completes at one of the next safety checks';
  return ['; complete ', moment(estimatedCompletion), ' if nothing puts it on hold'];
}
