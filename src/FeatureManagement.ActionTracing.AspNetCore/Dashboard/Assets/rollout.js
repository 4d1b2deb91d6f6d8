// A rollout: how far it is, where it goes, exposed against control, and what it waits for.

import { flagPath, get } from './api.js';
import { comparison, milliseconds, rate } from './comparison.js';
import { duration, monitored, rolloutCurve } from './curve.js';
import { about, count, h, known, moment, percent, render, words } from './dom.js';
import { planFacts } from './plan.js';

export function rolloutPanel(model, name) {
  const title = h('h2', { id: 'rollout-title' }, 'Rollout');
  const said = h('p', { class: 'unseen', role: 'status' }); // for who cannot see the bar: each new phase, not each tick
  const body = h('div', { class: 'rollout' });
  const steps = h('tbody');
  const sum = h('summary', { id: 'rollout-steps' });
  const history = h('details', null, sum,
    h('div', { class: 'scroll numbers', tabindex: 0, role: 'region', 'aria-label': 'Steps of the rollout' },
      h('table', null,
        h('thead', null, h('tr', null, ['Percentage', 'Since', 'New users with', 'without', 'Error rate', 'Mean latency', 'Actions per s'].map(head => h('th', { scope: 'col' }, head)))),
        steps)));
  const facts = h('dl', { class: 'plan-facts' });
  const plan = h('details', null, h('summary', { id: 'rollout-plan' }, 'Plan, thresholds and guards'), facts);
  const element = h('section', { class: 'panel pad', 'aria-labelledby': 'rollout-title', hidden: true }, title, said, body, plan, history);
  let turn = 0;

  async function update() {
    const flag = model.find(name);
    element.hidden = !flag?.rollout;
    if (element.hidden) return;
    title.textContent = flag.rollout.endedAt ? 'Last rollout' : 'Rollout';
    const mine = ++turn;
    try {
      const rollout = await get(`${flagPath(name)}/rollout`);
      if (mine !== turn) return;
      render(body, draw(rollout, Math.max(260, body.clientWidth)));
      render(facts, planFacts(rollout));
      render(sum, `Steps (${rollout.history.length.toLocaleString()})`);
      render(steps, rollout.history.toReversed().map(step));
      history.hidden = rollout.history.length === 0;
      const phase = `Rollout ${spelled(rollout.phase)}`;
      if (said.textContent !== phase) said.textContent = phase;
    } catch (error) {
      if (mine === turn) render(body, h('p', { class: 'problem' }, error.message));
    }
  }

  update();
  return { element, update };
}

const spelled = phase => phase.replace('_', ' ');

function draw(rollout, width) {
  const part = monitored(rollout);
  const done = Math.floor(100 * part);
  const byHand = rollout.phase === 'complete' && part < 1;
  const undone = rollout.phase.startsWith('roll');
  return [
    h('div', { class: 'progress' },
      h('span', { class: `chip phase ${rollout.phase}` }, spelled(rollout.phase)),
      h('progress', { max: 100, value: done, class: rollout.isOnHold ? 'held' : '', 'aria-label': 'Monitored time' }),
      h('span', null, h('strong', null, about(rollout.currentPercentage)), ` of users${undone ? ' when it ended' : ''}, ${done} % of the time monitored`)),
    byHand && h('p', { class: 'state' }, `Completed by hand at ${about(rollout.history.at(-1)?.percentage ?? rollout.startPercentage)}, after ${done} % of the monitored time: the steps that were left are not tested.`),
    rollout.endedAt && h('p', { class: `state ${undone ? 'bad' : 'good'}` },
      undone ? 'Rolled back: ' : 'Complete: ', words(rollout.reason), ' — ', words(rollout.actor), ', ', moment(rollout.endedAt)),
    rollout.nextStep && h('p', { class: `state ${rollout.isOnHold ? 'held' : ''}` }, rollout.phase === 'paused' ? '' : rollout.isOnHold ? 'On hold: ' : 'Waiting for: ', words(rollout.nextStep)),
    rollout.note && h('p', { class: 'state' }, words(rollout.note)),
    !rollout.endedAt && rollout.guards && !rollout.note?.startsWith(rollout.guards) && h('p', { class: 'hint' }, words(rollout.guards)),
    rolloutCurve(rollout, width),
    compared(rollout),
    h('p', { class: 'hint' },
      rollout.phase === 'planned' ? 'Starts ' : 'Started ', moment(rollout.startedAt),
      !rollout.endedAt && [' by ', words(rollout.actor), ': ', words(rollout.reason)],
      rollout.estimatedCompletion && completion(rollout, part), '. ',
      !rollout.endedAt && (rollout.plan.rollbackTo === 'disabled' ? 'A rollback disables the flag. ' : 'A rollback restores what was before. '),
      rollout.phase === 'complete' && 'There is nothing to roll back: change the flag, or kill it. ',
      rollout.defaultKeys > 0 && `${count(rollout.defaultKeys, 'evaluation')} had no identity and count in no comparison.`),
  ];
}

function compared(rollout) {
  const rows = [
    comparison('Errors', rollout.errors, rate, 'no errors so far, with the flag on or off'),
    comparison('Typical latency', rollout.latency, milliseconds),
    comparison('Slow actions', rollout.slow, rate, 'no slow actions so far, with the flag on or off'),
  ].filter(Boolean);
  const gated = rollout.withoutControl;
  const seen = `New users, counted once in each round: ${rollout.exposedUnits.toLocaleString()} with the flag on (exposed), ${rollout.controlUnits.toLocaleString()} without (control).`;
  return [
    !rollout.endedAt && h('p', { class: 'hint' }, seen),
    gated && h('p', { class: 'hint' },
      `Behind gates of the flag ${rate(gated.exposed)} of users with the flag on met an error at their first action; ${Math.round(100 * gated.evidence)} % of the evidence for a rollback.`),
    rows.length > 0 && h('ul', { class: 'comparisons' }, rows),
    rows.length > 0 && rollout.plan.guard && h('p', { class: 'hint' },
      `The bounds hold at every check; the chance of a false rollback is at most ${percent(100 * rollout.plan.alpha)} for the whole rollout.`),
  ];
}

function step({ percentage, at, exposedUnits, controlUnits, errorRate, meanLatency, throughput }) {
  return h('tr', null,
    h('td', null, about(percentage)),
    h('td', { class: 'when' }, moment(at)),
    h('td', null, known(throughput) || exposedUnits ? exposedUnits.toLocaleString() : ''),
    h('td', null, known(throughput) || controlUnits ? controlUnits.toLocaleString() : ''),
    h('td', null, known(errorRate) && rate(errorRate)),
    h('td', null, known(meanLatency) && milliseconds(duration(meanLatency))),
    h('td', null, known(throughput) && throughput.toLocaleString(undefined, { maximumSignificantDigits: 3 })));
}

/** When it ends. At the end of its time it still waits for a check, and 'complete just now' would say that it has ended. */
function completion({ phase, estimatedCompletion }, part) {
  const near = new Date(estimatedCompletion) - Date.now() < 5000;
  return phase !== 'planned' && (part >= 1 || near) ? '; completes at one of the next safety checks' : ['; complete ', moment(estimatedCompletion), ' if nothing puts it on hold'];
}
