// Changing a flag: its state and percentage, its lists, its weights.

import { flagPath, get, send } from './api.js';
import { confirm } from './confirm.js';
import { h, words } from './dom.js';

const Shared = ['canary', 'rollout'];
const States = ['disabled', 'development', 'canary', 'rollout', 'enabled'];

/** Asks for the flag as a whole first: the page knows the beginning of long lists only. */
export async function change(row, done, model) {
  const flag = await get(flagPath(row.name)).catch(() => null);
  const first = model.rolling(row) ? null : answer(flag ?? row);
  const lists = flag ? [
    list('whitelist', 'Whitelist: an id on each line', flag.whitelist),
    list('groups', 'Groups: one on each line', flag.groups),
    flag.variants && weights(flag.variants),
  ].filter(Boolean) : [];
  const parts = [first, ...lists].filter(Boolean);
  confirm({
    title: `Change ${row.name}?`,
    action: `Change ${row.name}`,
    body: [h('p', null, 'The change overrides configuration until it is reset, or until the configured value is edited.'),
      model.rolling(row) && h('p', null, 'State and percentage belong to the rollout while it runs.')].filter(Boolean),
    fields: [
      first?.element,
      lists.length > 0 && h('details', { class: 'lists', open: !first || Boolean(flag.variants) },
        h('summary', { id: 'lists' }, flag.variants ? 'Whitelist, groups and weights' : 'Whitelist and groups'),
        h('div', { class: 'stack' }, lists.map(part => part.element))),
    ].filter(Boolean),
    run: (reason, data) => {
      const edited = Object.assign({}, ...parts.map(part => part.read(data)));
      // Nothing edited: what is there now becomes the override, as far as a rollout does not own it.
      const changed = Object.keys(edited).length ? edited : first?.all(data);
      if (!changed) throw new Error('Nothing was edited.');
      return send('PATCH', flagPath(row.name), { ...changed, reason }, (flag ?? row).etag);
    },
    done,
  });
}

function answer(flag) {
  const percentage = h('input', { name: 'percentage', type: 'number', min: 0, max: 100, step: 'any', required: true, value: String(flag.percentage) });
  const field = h('label', { class: 'field' }, 'Percentage of users', percentage);
  const state = h('select', { name: 'state', onchange: () => sync() }, States.map(value => h('option', { value, selected: value === flag.state }, value)));
  const sync = () => {
    field.hidden = percentage.disabled = !Shared.includes(state.value);
  };
  sync();
  const all = data => ({ state: data.get('state'), ...(Shared.includes(data.get('state')) ? { percentage: Number(data.get('percentage')) } : {}) });
  return {
    element: h('div', { class: 'stack' }, h('label', { class: 'field' }, 'State', state), field),
    all,
    read: data => {
      const now = all(data);
      return now.state === flag.state && (now.percentage ?? flag.percentage) === flag.percentage ? {} : now;
    },
  };
}

/** A list that is sent where it was edited, and only then. */
function list(name, label, entries) {
  const before = entries.join('\n');
  return {
    element: h('label', { class: 'field' }, label, h('textarea', { name, rows: Math.min(6, entries.length + 1), spellcheck: 'false' }, before)),
    read: data => {
      const text = data.get(name).replaceAll('\r\n', '\n');
      return text === before ? {} : { [name]: text.split('\n').map(line => line.trim()).filter(Boolean) };
    },
  };
}

function weights(variants) {
  const fields = Object.entries(variants).map(([variant, weight], i) => ({ variant, weight, name: `weight-${i}` }));
  return {
    element: h('fieldset', { class: 'weights' }, h('legend', null, 'Weights of variants'),
      fields.map(({ variant, weight, name }) => h('label', { class: 'field' }, words(variant),
        h('input', { name, type: 'number', min: 0, step: 'any', required: true, value: String(weight) })))),
    read: data => {
      const changed = fields.filter(({ name, weight }) => Number(data.get(name)) !== weight).map(({ name, variant }) => [variant, Number(data.get(name))]);
      return changed.length ? { variants: Object.fromEntries(changed) } : {};
    },
  };
}
