// One flag: its definition, actions, rollout, experiment, evaluation and history.

import { actionBar } from './actions.js';
import { flagPath, send } from './api.js';
import { auditList } from './audit.js';
import { h, moment, percent, render, words } from './dom.js';
import { experimentPanel } from './experiment.js';
import { chip, href, percentageBar } from './flags.js';
import { rolloutPanel } from './rollout.js';

export function flagView(model, name, refresh) {
  const verdict = h('div', { class: 'verdict' });
  const buttons = actionBar(model, name, refresh);
  const about = h('p', { class: 'about' });
  const facts = h('dl', { class: 'facts' });
  const history = auditList({ flag: name, take: 20 });
  const rollout = rolloutPanel(model, name);
  const experiment = experimentPanel(model, name);
  const title = h('h1', { id: 'title', tabindex: -1 }, words(model.find(name)?.name ?? name));

  function update() {
    const flag = model.find(name);
    if (!flag) {
      render(verdict, h('p', { class: 'empty' }, 'Flag not found.'));
      buttons.update(null);
      about.hidden = true;
      render(facts);
      return;
    }
    render(verdict, chip(model, flag), percentageBar(model, flag), words(model.why(flag), { class: 'why' }),
      flag.stored === false && h('span', { class: 'tag warn' }, 'not stored yet'));
    buttons.update(flag);
    render(about, words(flag.description));
    about.hidden = !flag.description;
    const children = model.children(flag);
    render(facts,
      fact('Type', flag.type),
      fact('State', flag.state),
      ['canary', 'rollout'].includes(flag.state) && fact('Percentage', model.written(flag, flag.percentage)),
      flag.priority && fact('Priority', `${flag.priority}: while it is on, every flag of lower priority is off`),
      flag.parent && fact('Parent', h('a', { href: href(flag.parent), id: 'parent' }, words(flag.parent))),
      children.length > 0 && fact('Parent of', list(children.map(childLink))),
      flag.whitelistCount > 0 && fact('Whitelist', listed(flag.whitelist, flag.whitelistCount)),
      flag.groupsCount > 0 && fact('Groups', listed(flag.groups, flag.groupsCount)),
      flag.variants && fact('Variants', list(weights(flag.variants))),
      flag.emergency && fact('Emergency',
        words(flag.emergency.reason), ' — ', words(flag.emergency.actor), ', ', moment(flag.emergency.at)),
      fact('Source', flag.source.replace('_', '-')),
      fact('Changed', moment(flag.lastModified), flag.version > 0 && `, version ${flag.version}`));
  }

  update();
  return {
    title: name,
    update(changes) {
      update();
      if (concerns(changes?.flags, name)) {
        history.reload();
        experiment.update();
      }
      if (concerns(changes?.flags, name) || concerns(changes?.rollouts, name)) rollout.update();
    },
    every: 10000,
    again: experiment.update,
    element: h('section', { class: 'flag', 'aria-labelledby': 'title' },
      h('p', { class: 'crumbs' }, h('a', { href: '#/' }, 'Flags'), ' /'),
      title,
      h('div', { class: 'flag-head' }, verdict, buttons.element, about),
      rollout.element,
      experiment.element,
      h('div', { class: 'columns' },
        h('section', { class: 'panel pad', 'aria-labelledby': 'facts-title' },
          h('h2', { id: 'facts-title' }, 'Definition'), facts),
        tryPanel(name)),
      h('section', { class: 'panel pad', 'aria-labelledby': 'history-title' },
        h('h2', { id: 'history-title' }, 'History'), history.element)),
  };
}

const concerns = (flags, name) => !flags || flags.some(flag => flag.toLowerCase() === name.toLowerCase());

const fact = (term, ...value) => [h('dt', null, term), h('dd', null, ...value)];

const childLink = child => h('a', { href: href(child.name), id: `child-${child.name}` }, words(child.name));

const list = items => h('ul', { class: 'names' }, items.map(item => h('li', null, item)));

function listed(first, count) {
  const items = first.map(id => words(id));
  if (count > first.length) items.push(`and ${(count - first.length).toLocaleString()} more`);
  return list(items);
}

function weights(variants) {
  const sum = Object.values(variants).reduce((total, weight) => total + weight, 0);
  return Object.entries(variants).map(([variant, weight]) => [words(variant), ` ${percent(100 * weight / sum)}`]);
}

/** Evaluates the flag for a context, as the server would for the application. */
function tryPanel(name) {
  const answer = h('output', { class: 'answer', name: 'answer' });
  const field = (label, key, hint) => h('label', { class: 'field' }, label,
    h('input', { name: key, placeholder: hint, autocomplete: 'off' }));
  const form = h('form', { class: 'try' },
    field('User', 'userId', 'alice'),
    field('Session', 'sessionId', 'none'),
    field('Groups', 'groups', 'beta, staff'),
    h('div', { class: 'buttons' }, h('button', { type: 'submit' }, 'Evaluate')));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const { groups, ...ids } = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
    try {
      // In the body, because access logs record addresses and should not have ids of users.
      const context = { ...ids, groups: groups && [groups] };
      render(answer, answered(await send('POST', `${flagPath(name)}/evaluate`, context)));
    } catch (error) {
      render(answer, h('span', { class: 'problem' }, error.message));
    }
  });
  return h('section', { class: 'panel pad', 'aria-labelledby': 'try-title' },
    h('h2', { id: 'try-title' }, 'Evaluate the flag'),
    h('p', { class: 'hint' },
      'Evaluates the flag for this context now. It changes nothing, and is neither counted nor audited.'),
    form, answer);
}

const Reasons = {
  unknown: 'the flag does not exist',
  emergency: 'the flag or an ancestor is in emergency',
  emergency_flag: 'an emergency flag is on',
  disabled: 'the flag is disabled',
  parent_off: 'its parent is off for this context',
  not_development: 'the flag is in development, and the environment is not Development',
  outside_percentage: 'the user is not listed, and the bucket is outside the percentage',
  unknown_context: 'the type of the context is unknown',
  development: 'the flag is in development, and so is the environment',
  enabled: 'the flag is on for everybody',
  whitelisted: 'the user is on the whitelist',
  group_listed: 'a group of the user is listed',
  in_percentage: 'the bucket is inside the percentage',
};

function onOrOff(isOn) {
  if (isOn) return h('strong', { class: 'yes' }, 'On');
  return h('strong', { class: 'no' }, 'Off');
}

function answered(answer) {
  const decider = answer.decidedBy && answer.decidedBy.toLowerCase() !== answer.flag.toLowerCase();
  return h('p', null,
    onOrOff(answer.enabled),
    answer.variant && [' — variant ', words(answer.variant)],
    `: ${Reasons[answer.reason] ?? answer.reason.replaceAll('_', ' ')}`,
    answer.reason.endsWith('_percentage') && answer.percentage !== undefined && ` of ${percent(answer.percentage)}`,
    decider && [' (decided by ', words(answer.decidedBy), ')'],
    answer.stateSource && `. State from ${answer.stateSource.replace('_', '-')}`,
    '.');
}
