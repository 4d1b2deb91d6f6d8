// The state of configuration and store.

import { count, h, moment, render, words } from './dom.js';
import { href } from './flags.js';

export function healthView(model) {
  const configuration = h('div');
  const store = h('div');

  function update() {
    const status = model.status;
    if (!status) return;
    drawConfiguration(configuration, status.configuration);
    drawStore(store, status.store);
  }

  update();
  return {
    title: 'Health',
    update,
    element: h('section', { 'aria-labelledby': 'title' },
      h('h1', { id: 'title', tabindex: -1 }, 'Health'),
      h('div', { class: 'columns' }, panel('configuration', 'Configuration', configuration), panel('store', 'Store', store))),
  };
}

const panel = (id, title, content) => h('section', { class: 'panel pad', 'aria-labelledby': `${id}-title` },
  h('h2', { id: `${id}-title` }, title), content);

function drawConfiguration(element, report) {
  const { faults, warnings } = report;
  render(element,
    state(faults.length === 0, 'The current configuration is in force.',
      `${count(faults.length, 'part is', 'parts are')} rejected; the last good values stay in force.`),
    faults.length > 0 && h('ul', { class: 'sentences' }, faults.map(faultItem)),
    warnings.length > 0 && [h('h3', null, 'Warnings'), sentences(warnings, 'sentences warn')],
    h('dl', { class: 'facts' },
      fact('Last accepted', moment(report.acceptedAt)),
      fact('Accepted', count(report.accepted, 'change')),
      fact('Rejected', rejections(report)),
      fact('Edits', effect(report))));
}

function rejections({ rejected, rejectedAt }) {
  if (!rejectedAt) return 'never';
  return [count(rejected, 'change'), ', last ', moment(rejectedAt)];
}

function effect({ reloadOnChange }) {
  if (reloadOnChange) return 'take effect while the application runs';
  return 'take effect after a restart: reload is off';
}

const faultItem = ({ message, flag, since }) => h('li', null,
  words(message), ' ',
  h('span', { class: 'hint' }, flag && [h('a', { href: href(flag) }, words(flag)), ', '], 'since ', moment(since)));

function drawStore(element, report) {
  render(element,
    state(!report.error && report.isLoaded, 'The store is available.',
      report.error ?? 'The stored state is not loaded yet: stored emergencies are unknown.'),
    report.unreadable.length > 0 && sentences(report.unreadable, 'sentences'),
    h('dl', { class: 'facts' },
      fact('Durable', report.isDurable ? 'yes' : 'no: changes are kept in memory until a restart'),
      fact('Stored state loaded', report.isLoaded ? 'yes' : 'not yet'),
      report.failingSince && fact('Unavailable since', moment(report.failingSince)),
      fact('Outbox', report.outboxChanges ? count(report.outboxChanges, 'change') : 'empty')));
}

const sentences = (texts, kind) => h('ul', { class: kind }, texts.map(text => h('li', null, words(text))));

const fact = (term, ...value) => [h('dt', null, term), h('dd', null, ...value.flat())];

function state(isGood, yes, no) {
  if (isGood) return h('p', { class: 'state good' }, yes);
  return h('p', { class: 'state bad' }, words(no));
}
