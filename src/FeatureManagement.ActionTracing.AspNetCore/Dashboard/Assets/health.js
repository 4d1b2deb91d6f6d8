// What was rejected of configuration, and how the store is.

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
      h('div', { class: 'columns' },
        h('section', { class: 'panel pad', 'aria-labelledby': 'configuration-title' }, h('h2', { id: 'configuration-title' }, 'Configuration'), configuration),
        h('section', { class: 'panel pad', 'aria-labelledby': 'store-title' }, h('h2', { id: 'store-title' }, 'Store'), store))),
  };
}

function drawConfiguration(element, report) {
  render(element,
    state(report.faults.length === 0, 'Flags are as configuration says.', `${count(report.faults.length, 'thing is', 'things are')} rejected; the last good value stands for each.`),
    report.faults.length > 0 && h('ul', { class: 'sentences' }, report.faults.map(fault => h('li', null,
      words(fault.message), ' ',
      h('span', { class: 'hint' }, fault.flag && [h('a', { href: href(fault.flag) }, words(fault.flag)), ', '], 'since ', moment(fault.since))))),
    report.warnings.length > 0 && [h('h3', null, 'Warnings'), h('ul', { class: 'sentences warn' }, report.warnings.map(warning => h('li', null, words(warning))))],
    h('dl', { class: 'facts' },
      fact('Last accepted', moment(report.acceptedAt)),
      fact('Accepted', count(report.accepted, 'change')),
      fact('Rejected', report.rejectedAt ? [count(report.rejected, 'change'), ', last ', moment(report.rejectedAt)] : 'never'),
      fact('Edits', report.reloadOnChange ? 'seen while running' : 'seen only after a restart: reloading is switched off')));
}

function drawStore(element, report) {
  render(element,
    state(!report.error && report.isLoaded, 'The store answers.', report.error ?? 'The stored state has not been read yet: stored emergencies are not known here.'),
    report.unreadable.length > 0 && h('ul', { class: 'sentences' }, report.unreadable.map(sentence => h('li', null, words(sentence)))),
    h('dl', { class: 'facts' },
      fact('Changes outlive the process', report.isDurable ? 'yes' : 'no: they are kept in memory'),
      fact('Stored state read', report.isLoaded ? 'yes' : 'not yet'),
      report.failingSince && fact('Failing since', moment(report.failingSince)),
      fact('Not stored yet', report.pending ? count(report.pending, 'change') : 'nothing')));
}

const fact = (term, ...value) => [h('dt', null, term), h('dd', null, ...value.flat())];

const state = (good, yes, no) => h('p', { class: `state ${good ? 'good' : 'bad'}` }, good ? yes : words(no));
