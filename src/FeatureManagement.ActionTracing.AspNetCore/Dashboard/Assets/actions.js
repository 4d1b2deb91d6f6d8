// The actions of an operator on a flag.

import { flagPath, send } from './api.js';
import { change } from './change.js';
import { confirm } from './confirm.js';
import { about, count, h, percent, render, words } from './dom.js';
import { start } from './start.js';

/**
 * The buttons of a flag; none without a right to change it. A button stays the same element as long as it is offered, so that it
 * is not replaced while a user presses it.
 */
export function actionBar(model, name, done) {
  const element = h('div', { class: 'buttons' });
  let rendered = '';
  return {
    element,
    update(flag) {
      let offered = [];
      if (flag) offered = offers(model, flag);
      const shows = JSON.stringify(offered.map(([id, label]) => [id, label]));
      if (shows === rendered) return;
      rendered = shows;
      const run = act => () => act(model.find(name) ?? flag, done, model);
      render(element, offered.map(([id, label, act, kind]) =>
        h('button', { type: 'button', id: `do-${id}`, class: kind, onclick: run(act) }, label)));
    },
  };
}

/** The actions that a flag offers now: id, label, the function that asks for confirmation, CSS class. */
function offers(model, flag) {
  const isEmergencyFlag = model.isEmergencyFlag(flag);
  const emergency = model.inEmergency(flag) || (isEmergencyFlag && flag.enabled);
  return [
    ...(model.mayWrite ? [...rolloutOffers(model, flag), ...changeOffers(model, flag, emergency)] : []),
    model.mayShutDown && !emergency && ['kill', isEmergencyFlag ? 'Call emergency' : 'Kill', kill, 'danger'],
  ].filter(Boolean);
}

function rolloutOffers(model, flag) {
  const rolling = model.rolling(flag);
  if (rolling?.phase === 'planned') return [['rollback', 'Call off', rollout('rollback'), 'danger-quiet']];
  if (rolling) return [
    rolling.phase !== 'paused' && ['pause', 'Pause', rollout('pause')],
    rolling.canResume && ['resume', 'Resume', rollout('resume'), 'primary'],
    ['rollback', 'Roll back', rollout('rollback'), 'danger-quiet'],
    ['complete', 'Complete now', rollout('complete')],
  ];
  return [];
}

function changeOffers(model, flag, emergency) {
  const rolling = model.rolling(flag);
  const mayStart = !rolling && !emergency && !model.isEmergencyFlag(flag) && model.reach(flag) < 100;
  return [
    !emergency && ['change', rolling ? 'Change lists…' : 'Change…', change],
    mayStart && ['start', 'Start rollout…', start],
    flag.source === 'override' && !emergency && ['reset', 'Reset', reset],
    flag.emergency && ['clear', 'Clear emergency', clear, 'primary'],
  ];
}

function kill(flag, done, model) {
  const stopped = model.stops(flag);
  const isCall = model.isEmergencyFlag(flag);
  const verb = isCall ? 'Call' : 'Kill';
  let effect = 'It is off already, and stays off until the emergency is cleared.';
  if (stopped.length > 0 || isCall)
    effect = [
      h('strong', null, count(stopped.length, 'flag stops', 'flags stop')),
      ' for everybody, at once, until the emergency is cleared.',
    ];
  confirm({
    title: `${verb} ${flag.name}?`,
    action: `${verb} ${flag.name}`,
    danger: true,
    body: [
      h('p', { class: 'stops' }, effect),
      model.rolling(flag) && h('p', null, 'Its rollout is rolled back.'),
      named(stopped),
    ],
    anyReason: true,
    run: reason => send('POST', `${flagPath(flag.name)}/emergency`, { reason }),
    done,
  });
}

function named(flags) {
  const list = some => h('ul', { class: 'names' }, some.map(flag => h('li', null, words(flag.name))));
  const first = flags.slice(0, 8);
  const others = flags.slice(first.length);
  return flags.length > 0 && h('div', null,
    list(first),
    others.length > 0 && h('details', null, h('summary', null, `and ${others.length.toLocaleString()} more`), list(others)));
}

function clear(flag, done) {
  confirm({
    title: `Clear the emergency of ${flag.name}?`,
    action: 'Clear emergency',
    body: [
      h('p', null, 'The flag gets the values of its configuration and overrides again.'),
      h('p', null, 'A rollout that the emergency ended does not resume.'),
    ],
    run: reason => send('POST', `${flagPath(flag.name)}/emergency/clear`, { reason }),
    done,
  });
}

function reset(flag, done) {
  confirm({
    title: `Reset ${flag.name}?`,
    action: `Reset ${flag.name}`,
    body: [h('p', null, 'The override is removed. The flag gets its configured values again.')],
    run: reason => send('POST', `${flagPath(flag.name)}/reset`, { reason }, flag.etag),
    done,
  });
}

const Verbs = { pause: 'Pause', resume: 'Resume', rollback: 'Roll back', complete: 'Complete' };

const Effects = {
  pause: flag => `The percentage stays at ${about(flag.percentage)} until a user resumes the rollout. `
    + 'Safety checks continue, and can roll it back.',
  resume(flag) {
    const text = `The rollout continues from ${about(flag.percentage)}`;
    if (flag.rollout.phase === 'paused') return `${text}.`;
    return `${text}; the evidence of a sample ratio mismatch starts again from zero.`;
  },
  rollback(flag) {
    if (flag.rollout.phase === 'planned') return 'The rollout does not start.';
    return 'The flag is restored at once to its values before the rollout, or disabled where the plan says so.';
  },
  complete: flag => `The percentage changes from ${about(flag.percentage)} to ${percent(flag.rollout.targetPercentage)} at once, `
    + 'without the rest of the monitored time. The rollout then has ended: no guard judges it, and there is nothing to roll back.',
};

const rollout = verb => (flag, done) => {
  confirm({
    title: `${Verbs[verb]} the rollout of ${flag.name}?`,
    action: `${Verbs[verb]} ${flag.name}`,
    danger: verb === 'rollback',
    body: [h('p', null, Effects[verb](flag))],
    run: reason => send('POST', `${flagPath(flag.name)}/rollout/${verb}`, { reason }),
    done,
  });
};
