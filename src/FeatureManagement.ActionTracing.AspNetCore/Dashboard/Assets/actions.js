// What an operator can do to a flag.

import { flagPath, send } from './api.js';
import { change } from './change.js';
import { confirm } from './confirm.js';
import { about, count, h, percent, render, words } from './dom.js';
import { start } from './start.js';

/**
 * The buttons that a flag has at the moment; none for who may only read. A button stays the same element while it is there: under a finger that is
 * about to press it, nothing may be drawn anew.
 */
export function actionBar(model, name, done) {
  const element = h('div', { class: 'buttons' });
  let drawn = '';
  return {
    element,
    update(flag) {
      const offered = flag ? offers(model, flag) : [];
      const shows = JSON.stringify(offered.map(([id, label]) => [id, label]));
      if (shows === drawn) return;
      drawn = shows;
      render(element, offered.map(([id, label, act, kind]) =>
        h('button', { type: 'button', id: `do-${id}`, class: kind, onclick: () => act(model.find(name) ?? flag, done, model) }, label)));
    },
  };
}

/** What can be done to a flag now: id, label, what asks for it, looks. */
function offers(model, flag) {
  const rolling = model.rolling(flag);
  const planned = rolling?.phase === 'planned';
  const emergency = model.inEmergency(flag) || (model.isEmergencyFlag(flag) && flag.enabled);
  return [
    ...(model.mayWrite ? changes(model, flag, rolling, planned, emergency) : []),
    model.mayShutDown && !emergency && ['kill', model.isEmergencyFlag(flag) ? 'Call emergency' : 'Kill', kill, 'danger'],
  ].filter(Boolean);
}

function changes(model, flag, rolling, planned, emergency) {
  return [
    rolling && !planned && rolling.phase !== 'paused' && ['pause', 'Pause', rollout('pause')],
    rolling?.canResume && ['resume', 'Resume', rollout('resume'), 'primary'],
    rolling && ['rollback', planned ? 'Call off' : 'Roll back', rollout('rollback'), 'danger-quiet'],
    rolling && !planned && ['complete', 'Complete now', rollout('complete')],
    !emergency && ['change', rolling ? 'Change lists…' : 'Change…', change],
    !rolling && !emergency && !model.isEmergencyFlag(flag) && model.reach(flag) < 100 && ['start', 'Start rollout…', start],
    flag.source === 'override' && !emergency && ['reset', 'Reset', reset],
    flag.emergency && ['clear', 'Clear emergency', clear, 'primary'],
  ];
}

function kill(flag, done, model) {
  const stopped = model.stops(flag);
  const calls = model.isEmergencyFlag(flag);
  confirm({
    title: calls ? `Call ${flag.name}?` : `Kill ${flag.name}?`,
    action: calls ? `Call ${flag.name}` : `Kill ${flag.name}`,
    danger: true,
    body: [
      h('p', { class: 'stops' }, stopped.length > 0 || calls
        ? [h('strong', null, count(stopped.length, 'flag stops', 'flags stop')), ' for everybody, at once, until somebody clears it.']
        : 'It is off already, and stays off until somebody clears it.'),
      model.rolling(flag) && h('p', null, 'Its rollout ends, and is rolled back.'),
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
    body: [h('p', null, 'The flag is then what its configuration and updates say. A rollout that the emergency ended stays ended.')],
    run: reason => send('POST', `${flagPath(flag.name)}/emergency/clear`, { reason }),
    done,
  });
}

function reset(flag, done) {
  confirm({
    title: `Reset ${flag.name}?`,
    action: `Reset ${flag.name}`,
    body: [h('p', null, 'What was changed at run time is removed; the flag is what its configuration says.')],
    run: reason => send('POST', `${flagPath(flag.name)}/reset`, { reason }, flag.etag),
    done,
  });
}

const Verbs = { pause: 'Pause', resume: 'Resume', rollback: 'Roll back', complete: 'Complete' };
const Effects = {
  pause: flag => `It stays at ${about(flag.percentage)} until somebody resumes it. Its guards keep judging it, and roll it back where they must.`,
  resume: flag => flag.rollout.phase === 'paused'
    ? `It goes on from ${about(flag.percentage)}.`
    : `It goes on from ${about(flag.percentage)}; the evidence of a sample ratio mismatch starts again from zero.`,
  rollback: flag => flag.rollout.phase === 'planned' ? 'It does not start.' : 'The flag is at once what it was before the rollout, or disabled where the plan says so.',
  complete: flag => `It goes from ${about(flag.percentage)} to ${percent(flag.rollout.targetPercentage)} at once, without the rest of its monitored time. It then has ended: no guard judges it, and there is nothing to roll back.`,
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
