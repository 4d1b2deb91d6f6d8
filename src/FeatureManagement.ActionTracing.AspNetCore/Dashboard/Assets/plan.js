// The plan and the guards of a rollout.

import { duration, plannedDuration } from './curve.js';
import { h, known, moment, percent } from './dom.js';

const DefaultWithoutControl = 0.1; // where a plan has no thresholds at all

/** The plan since the start of the rollout. */
export function planFacts({ plan, startPercentage, targetPercentage }) {
  const limits = plan.safetyThresholds ?? {};
  const range = `from ${percent(startPercentage)} to ${percent(targetPercentage)}`;
  const entry = ({ after, percentage }) => `${percent(percentage)} after ${time(duration(after))}`;
  return [
    fact('Plan', `${plan.type}, ${range} in ${time(plannedDuration(plan))} of monitored time`),
    plan.type === 'stepped' && fact('Checkpoints', plan.checkpoints.map(percent).join(', ')),
    plan.type === 'custom' && fact('Schedule', plan.schedule.map(entry).join(', ')),
    plan.startAt && fact('Planned start', moment(plan.startAt)),
    fact('Thresholds', thresholds(limits) || 'none'),
    ...Object.entries(limits.phases ?? {}).map(([phase, limit]) => fact(`Thresholds in ${phase}`, thresholds(limit))),
    fact('Comparison with control', comparisonGuard(plan)),
    fact('Without control', withoutControl(limits)),
    fact('No metrics', `on hold, and paused after ${time(duration(plan.maxHold))}`),
    fact('Rollback', plan.rollbackTo === 'disabled' ? 'disables the flag' : 'restores the previous state'),
  ];
}

function comparisonGuard(plan) {
  if (!plan.guard) return 'off';
  let slow = 'slow from the 95th percentile of control';
  if (known(plan.slowThreshold)) slow = `slow from ${time(duration(plan.slowThreshold))}`;
  return [
    `false alarms at most ${percent(100 * plan.alpha)}`,
    `error rate may rise by ${percent(100 * plan.maxErrorRateIncrease)}`,
    `latency by ${percent(100 * plan.maxLatencyIncrease)}`,
    slow,
  ].join('; ');
}

// A threshold on the error rate judges these actions too.
function withoutControl({ maxErrorRate, maxErrorRateWithoutControl: bound = DefaultWithoutControl }) {
  if (known(maxErrorRate)) return `error rate at most ${percent(100 * maxErrorRate)}, as for all`;
  if (bound < 1) return `error rate at most ${percent(100 * bound)}`;
  return 'off';
}

const fact = (term, value) => [h('dt', null, term), h('dd', null, value)];

const thresholds = ({ maxErrorRate, maxLatency, minimumSamples, thresholdWindow }) => {
  const limited = known(maxErrorRate) || known(maxLatency);
  return [
    known(maxErrorRate) && `error rate at most ${percent(100 * maxErrorRate)}`,
    known(maxLatency) && `mean latency at most ${time(duration(maxLatency))}`,
    limited && known(thresholdWindow) && `over ${time(duration(thresholdWindow))}`,
    (known(minimumSamples) || limited && known(thresholdWindow)) && `from ${(minimumSamples ?? 100).toLocaleString()} users in a phase`,
  ].filter(Boolean).join('; ');
};

const Units = [['d', 86400000], ['h', 3600000], ['min', 60000], ['s', 1000], ['ms', 1]];

/** A duration in its two largest units: 1 h 30 min. */
function time(milliseconds) {
  const parts = [];
  let rest = milliseconds;
  for (const [unit, size] of Units) {
    let count = Math.floor(rest / size);
    if (unit === 'ms') count = Math.round(rest);
    rest -= count * size;
    if (count > 0) parts.push(`${count.toLocaleString()} ${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
}
