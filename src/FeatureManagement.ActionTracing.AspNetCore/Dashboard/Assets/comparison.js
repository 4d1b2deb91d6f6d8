// Exposed against control: how many times as large, with the bounds that hold however often one looks.

import { about, h, known, s } from './dom.js';

const Width = 200, Middle = Width / 2;

/**
 * @param absent what is said where neither arm shows any of it, as of errors
 * @returns a row; null where neither arm has anything to compare, as behind a gate
 */
export function comparison(name, found, written, absent) {
  if (!known(found?.exposed) && !known(found?.control)) return null;
  const { exposed, control, ratio, lower, upper, evidence } = found;
  const shown = lower > 0 || upper > 0;
  const verdict = lower > 1 ? 'worse' : upper < 1 ? 'better' : 'no difference shown';
  const bounds = lower > 0 && upper > 0 ? `between ${short(lower)} and ${short(upper)}: ${verdict}`
    : lower > 0 ? `at least ${short(lower)}: ${verdict}`
    : upper > 0 ? `at most ${short(upper)}: ${verdict}`
    : 'not enough yet to compare';
  const none = absent && !shown && exposed === 0 && (control === 0 || !known(control)) ? absent : null;
  const meter = Math.round(100 * evidence);
  return h('li', null,
    h('strong', null, name),
    picture(shown ? ratio : null, lower, upper),
    h('span', null, none ?? `exposed ${written(exposed)}${known(control) ? `, control ${written(control)}` : ''}; ${shown ? `compared within each step: ${ratio > 0 ? `${short(ratio)} × as much, ` : ''}` : ''}${bounds}`),
    h('span', { class: 'evidence' },
      h('meter', { max: 100, value: meter, low: 50, high: 80, optimum: 0, 'aria-label': `${name}: evidence for a rollback` }),
      h('span', { class: 'hint' }, `${meter} % of the evidence for a rollback`)));
}

/** The ratio on a logarithmic scale around 1, which is "the same". An end without a bound runs off the picture. */
function picture(ratio, lower, upper) {
  const values = [lower, upper, ratio].filter(value => value > 0).map(value => Math.abs(Math.log(value)));
  const reach = 1.25 * Math.max(...values, 0.05);
  const x = value => Math.max(0, Math.min(Width, Middle + Middle * Math.log(value) / reach));
  return s('svg', { viewBox: `0 0 ${Width} 20`, class: `interval ${lower > 1 ? 'worse' : ''}`, 'aria-hidden': 'true' },
    s('line', { class: 'grid', x1: Middle, x2: Middle, y1: 0, y2: 20 }),
    (lower > 0 || upper > 0) && s('line', { class: 'range', x1: lower > 0 ? x(lower) : 0, x2: upper > 0 ? x(upper) : Width, y1: 10, y2: 10 }),
    ratio > 0 && s('circle', { cx: Math.max(4, Math.min(Width - 4, x(ratio))), cy: 10, r: 4 }));
}

export const rate = value => known(value) ? about(100 * value) : 'unknown';

export const milliseconds = value => known(value) ? `${short(value)} ms` : 'unknown';

const short = value => value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
