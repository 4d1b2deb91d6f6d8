// The numbers of experiments as texts.

import { percent } from './dom.js';

/** Formats the values of a metric: rates in percent, differences of rates in percentage points. */
export const written = metric => (value, isDifference) => {
  const isRate = metric.kind === 'binary';
  if (isRate && isDifference) return signed(100 * value, ' pp');
  if (isRate) return percent(Number((100 * value).toPrecision(4)));
  if (isDifference) return signed(value, '');
  return value.toLocaleString(undefined, { maximumSignificantDigits: 4 });
};

export function signed(value, unit) {
  return value.toLocaleString(undefined, { maximumSignificantDigits: 3, signDisplay: 'exceptZero' }) + unit;
}

/** A p-value. */
export function p(value) {
  if (value === undefined) return '';
  if (value >= 0.9995) return '1';
  if (value < 0.0001) return '< 0.0001';
  return value.toPrecision(2);
}

/** Whether two names are equal. */
export const same = (left, right) => left.toLowerCase() === right.toLowerCase();
