// Numbers of experiments, as people read them.

import { percent } from './dom.js';

/** A metric's numbers: shares in percent, differences of shares in percentage points. */
export const written = metric => (value, isDifference) => metric.kind === 'binary'
  ? isDifference ? signed(100 * value, ' pp') : percent(Number((100 * value).toPrecision(4)))
  : isDifference ? signed(value, '') : value.toLocaleString(undefined, { maximumSignificantDigits: 4 });

export const signed = (value, unit) => `${value.toLocaleString(undefined, { maximumSignificantDigits: 3, signDisplay: 'exceptZero' })}${unit}`;

/** A p-value. */
export const p = value => value === undefined ? '' : value >= 0.9995 ? '1' : value < 0.0001 ? '< 0.0001' : value.toPrecision(2);

/** Whether two names are the same. */
export const same = (left, right) => left.toLowerCase() === right.toLowerCase();
