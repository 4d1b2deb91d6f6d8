// What an operator can do to a flag.

import { flagPath, send } from './api.js';
import { confirm } from './confirm.js';
import { count, h, percent, words } from './dom.js';

/** The buttons that a flag has at the moment; none for who may only read. */
export function actions(model, flag, done) {
  if (!model.mayWrite) return [];
  const button = (id, label, onclick, kind) => h('button', { type: 'button', id: `do-${id}`, class: kind, onclick }, label);
  const rolling = flag.rollout && ['canary', 'gradual', 'majority', 'paused', 'planned'].includes(flag.rollout.phase);
  const called = model.isEmergencyFlag(flag) && flag.enabled;
  const emergency = model.inEmergency(flag) || called;
  return [
    rolling && flag.rollout.phase !== 'paused' && button('pause', 'Pause', () => rollout('pause', flag, done)),
    rolling && flag.rollout.phase === 'paused' && button('resume', 'Resume', () => rollout('resume', flag, done), 'primary'),
    rolling && button('rollback', 'Roll back', () => rollout('rollback', flag, done), 'danger-quiet'),
    rolling && button('complete', 'Complete now', () => rollout('complete', flag, done)),
    !rolling && !emergency && button('change', 'Change…', () => change(flag, done)),
    !rolling && !emergency && !model.isEmergencyFlag(flag) && model.rollouts && button('start', 'Start rollout', () => start(flag, done)),
    flag.source === 'override' && !emergency && button('reset', 'Reset', () => reset(flag, done)),
    flag.emergency && button('clear', 'Clear emergency', () => clear(flag, done), 'primary'),
    !emergency && button('kill', model.isEmergencyFlag(flag) ? 'Call emergency' : 'Kill', () => kill(model, flag, done), 'danger'),
  ];
}

function kill(model, flag, done) {
  const stopped = model.stops(flag);
  const calls = model.isEmergencyFlag(flag);
  confirm({
    title: calls ? `Call ${flag.name}?` : `Kill ${flag.name}?`,
    action: calls ? `Call ${flag.name}` : `Kill ${flag.name}`,
    danger: true,
    body: [
      h('p', { class: 'stops' }, h('strong', null, count(stopped.length, 'flag stops', 'flags stop')), ' for everybody, at once, until somebody clears it.'),
      flag.rollout && h('p', null, 'Its rollout ends, and is rolled back.'),
      named(stopped),
    ],
    run: reason => send('POST', `${flagPath(flag.name)}/emergency`, { reason }).then(done),
  });
}

function named(flags) {
  const shown = flags.slice(0, 8);
  return flags.length > 0 && h('ul', { class: 'names' },
    shown.map(flag => h('li', null, words(flag.name))),
    flags.length > shown.length && h('li', null, `and ${flags.length - shown.length} more`));
}

function clear(flag, done) {
  confirm({
    title: `Clear the emergency of ${flag.name}?`,
    action: 'Clear emergency',
    body: [h('p', null, 'The flag is then what its configuration and updates say. A rollout that the emergency ended stays ended.')],
    run: reason => send('POST', `${flagPath(flag.name)}/emergency/clear`, { reason }).then(done),
  });
}

function reset(flag, done) {
  confirm({
    title: `Reset ${flag.name}?`,
    action: `Reset ${flag.name}`,
    body: [h('p', null, 'What was changed at run time is removed; the flag is what its configuration says.')],
    run: reason => send('POST', `${flagPath(flag.name)}/reset`, { reason }).then(done),
  });
}

function change(flag, done) {
  const shared = ['canary', 'rollout'];
  const share = h('input', { name: 'percentage', type: 'number', min: 0, max: 100, step: 'any', required: true, value: String(flag.percentage) });
  const shareField = h('label', { class: 'field' }, 'Share of users, in %', share);
  const state = h('select', { name: 'state', onchange: () => sync() },
    ['disabled', 'development', 'canary', 'rollout', 'enabled'].map(value => h('option', { value, selected: value === flag.state }, value)));
  const sync = () => {
    shareField.hidden = share.disabled = !shared.includes(state.value);
  };
  sync();
  confirm({
    title: `Change ${flag.name}?`,
    action: `Change ${flag.name}`,
    body: [h('p', null, 'The change lies over configuration until it is reset, or until configuration is edited.')],
    fields: [h('label', { class: 'field' }, 'State', state), shareField],
    run: (reason, data) => send('PATCH', flagPath(flag.name), {
      state: data.get('state'),
      ...(shared.includes(data.get('state')) ? { percentage: Number(data.get('percentage')) } : {}),
      reason,
    }, flag.version).then(done),
  });
}

function start(flag, done) {
  confirm({
    title: `Start the rollout of ${flag.name}?`,
    action: `Start ${flag.name}`,
    body: [h('p', null, 'It moves forward as its rolloutConfig says, while those who have the feature fare no worse than those who do not.')],
    run: reason => send('POST', `${flagPath(flag.name)}/rollout`, { reason }).then(done),
  });
}

const Verbs = { pause: 'Pause', resume: 'Resume', rollback: 'Roll back', complete: 'Complete' };
const Effects = {
  pause: flag => `It stays at ${percent(flag.percentage)} until somebody resumes it.`,
  resume: flag => `It goes on from ${percent(flag.percentage)}.`,
  rollback: () => 'Everything is at once what it was before the rollout.',
  complete: flag => `It goes from ${percent(flag.percentage)} to ${percent(flag.rollout.targetPercentage ?? 100)} at once, whatever has been watched.`,
};

function rollout(verb, flag, done) {
  confirm({
    title: `${Verbs[verb]} the rollout of ${flag.name}?`,
    action: `${Verbs[verb]} ${flag.name}`,
    danger: verb === 'rollback',
    body: [h('p', null, Effects[verb](flag))],
    run: reason => send('POST', `${flagPath(flag.name)}/rollout/${verb}`, { reason }).then(done),
  });
}
