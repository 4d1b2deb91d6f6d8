// Exposed compared with control: the ratio, with bounds that are valid at every check.

import { about, h, known, s } from './dom.js';

const Width = 200, Middle = Width / 2;

/**
 * @param absent the text where neither arm has any, for example no errors
 * @returns a row; null where neither arm has a value, as behind a gate
 */
export function comparison(name, found, written, absent) {
  if (!known(found?.exposed) && !known(found?.control)) return null;
  const { ratio, lower, upper, evidence } = found;
  const meter = Math.round(100 * evidence);
  return h('li', null,
    h('strong', null, name),
    picture(ratio, lower, upper),
    h('span', null, sentence(found, written, absent)),
    h('span', { class: 'evidence' },
      h('meter', { max: 100, value: meter, low: 50, high: 80, optimum: 0, 'aria-label': `${name}: evidence for a rollback` }),
      h('span', { class: 'hint' }, `${meter} % of the evidence for a rollback`)));
}

function sentence({ exposed, control, ratio, lower, upper }, written, absent) {
  const isBounded = lower > 0 || upper > 0;
  if (absent && !isBounded && exposed === 0 && (control === 0 || !known(control))) return absent;
  let text = `exposed ${written(exposed)}`;
  if (known(control)) text += `, control ${written(control)}`;
  text += '; ';
  if (isBounded) text += 'compared within each step: ';
  if (isBounded && ratio > 0) text += `${short(ratio)} × as much, `;
  return text + bounds(lower, upper);
}

function bounds(lower, upper) {
  if (lower > 0 && upper > 0) return `between ${short(lower)} and ${short(upper)}: ${verdict(lower, upper)}`;
  if (lower > 0) return `at least ${short(lower)}: ${verdict(lower, upper)}`;
  if (upper > 0) return `at most ${short(upper)}: ${verdict(lower, upper)}`;
  return 'not enough yet to compare';
}

function verdict(lower, upper) {
  if (lower > 1) return 'worse';
  if (upper < 1) return 'better';
  return 'no difference shown';
}

/** The ratio on a logarithmic scale around 1, "the same". Without a bound the line goes to the edge. */
function picture(ratio, lower, upper) {
  const isBounded = lower > 0 || upper > 0;
  const values = [lower, upper, isBounded && ratio].filter(value => value > 0).map(value => Math.abs(Math.log(value)));
  const reach = 1.25 * Math.max(...values, 0.05);
  const x = value => Math.max(0, Math.min(Width, Middle + Middle * Math.log(value) / reach));
  let [left, right] = [0, Width];
  if (lower > 0) left = x(lower);
  if (upper > 0) right = x(upper);
  return s('svg', { viewBox: `0 0 ${Width} 20`, class: `interval ${lower > 1 ? 'worse' : ''}`, 'aria-hidden': 'true' },
    s('line', { class: 'grid', x1: Middle, x2: Middle, y1: 0, y2: 20 }),
    isBounded && s('line', { class: 'range', x1: left, x2: right, y1: 10, y2: 10 }),
    isBounded && ratio > 0 && s('circle', { cx: Math.max(4, Math.min(Width - 4, x(ratio))), cy: 10, r: 4 }));
}

export function rate(value) {
  if (!known(value)) return 'unknown';
  return about(100 * value);
}

export function milliseconds(value) {
  if (!known(value)) return 'unknown';
  return `${short(value)} ms`;
}

const short = value => value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
