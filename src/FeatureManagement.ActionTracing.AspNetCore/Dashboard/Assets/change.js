// Changes a flag: its state and percentage, its lists, its weights.

import { flagPath, get, send } from './api.js';
import { confirm } from './confirm.js';
import { h, words } from './dom.js';

const WithPercentage = ['canary', 'rollout'];
const States = ['disabled', 'development', 'canary', 'rollout', 'enabled'];

/** Reads the complete flag first: a row has only the start of a long list. */
export async function change(row, done, model) {
  const flag = await get(flagPath(row.name)).catch(() => null);
  const first = !model.rolling(row) && stateFields(flag ?? row);
  const lists = listFields(flag);
  const parts = [first, ...lists].filter(Boolean);
  confirm({
    title: `Change ${row.name}?`,
    action: `Change ${row.name}`,
    body: [
      h('p', null, 'The change overrides configuration until it is reset, or until the configured value is edited.'),
      model.rolling(row) && h('p', null, 'The rollout sets state and percentage while it runs.'),
    ].filter(Boolean),
    fields: [
      first?.element,
      lists.length > 0 && h('details', { class: 'lists', open: !first || Boolean(flag.variants) },
        h('summary', { id: 'lists' }, flag.variants ? 'Whitelist, groups and weights' : 'Whitelist and groups'),
        h('div', { class: 'stack' }, lists.map(part => part.element))),
    ].filter(Boolean),
    run: (reason, data) => {
      const edited = Object.assign({}, ...parts.map(part => part.read(data)));
      if (Object.keys(edited).length === 0) {
        if (!first) throw new Error('Nothing was edited.');
        Object.assign(edited, first.all(data)); // without an edit, the current state and percentage become the override
      }
      return send('PATCH', flagPath(row.name), { ...edited, reason }, (flag ?? row).etag);
    },
    done,
  });
}

function listFields(flag) {
  if (!flag) return [];
  return [
    list('whitelist', 'Whitelist: an id on each line', flag.whitelist),
    list('groups', 'Groups: one on each line', flag.groups),
    flag.variants && weights(flag.variants),
  ].filter(Boolean);
}

function stateFields(flag) {
  const percentage = h('input',
    { name: 'percentage', type: 'number', min: 0, max: 100, step: 'any', required: true, value: String(flag.percentage) });
  const field = h('label', { class: 'field' }, 'Percentage of users', percentage);
  const option = value => h('option', { value, selected: value === flag.state }, value);
  const state = h('select', { name: 'state', onchange: () => sync() }, States.map(option));
  const sync = () => {
    const isHidden = !WithPercentage.includes(state.value);
    field.hidden = isHidden;
    percentage.disabled = isHidden;
  };
  sync();
  const all = data => {
    const now = { state: data.get('state') };
    if (WithPercentage.includes(now.state)) now.percentage = Number(data.get('percentage'));
    return now;
  };
  return {
    element: h('div', { class: 'stack' }, h('label', { class: 'field' }, 'State', state), field),
    all,
    read: data => {
      const now = all(data);
      if (now.state === flag.state && (now.percentage ?? flag.percentage) === flag.percentage) return {};
      return now;
    },
  };
}

/** A list. It is only sent where it was edited. */
function list(name, label, entries) {
  const before = entries.join('\n');
  return {
    element: h('label', { class: 'field' }, label,
      h('textarea', { name, rows: Math.min(6, entries.length + 1), spellcheck: 'false' }, before)),
    read: data => {
      const text = data.get(name).replaceAll('\r\n', '\n');
      if (text === before) return {};
      return { [name]: text.split('\n').map(line => line.trim()).filter(Boolean) };
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
      const now = fields.map(({ name, variant, weight }) => ({ variant, before: weight, weight: Number(data.get(name)) }));
      const changed = now.filter(({ before, weight }) => weight !== before);
      if (changed.length === 0) return {};
      return { variants: Object.fromEntries(changed.map(({ variant, weight }) => [variant, weight])) };
    },
  };
}
