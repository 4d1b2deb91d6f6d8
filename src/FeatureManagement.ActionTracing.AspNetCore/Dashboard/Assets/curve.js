// Pictures of the percentage of users over the monitored time of a rollout.

import { about, percent, s } from './dom.js';

const Automatic = 'action-tracing'; // the actor of automatic changes
const Height = 190, Left = 38, Right = 10, Bottom = 22, Top = 10;
const Scales = [5, 10, 25, 50, 100];
const Ended = ['complete', 'rolled_back', 'rolling_back'];

/** The past curve, and the planned one. */
export function rolloutCurve(rollout, width) {
  const points = planned(rollout);
  const part = monitored(rollout);
  const here = [part, rollout.currentPercentage];
  const past = pastCurve(rollout, points, here);
  const ahead = [];
  if (!Ended.includes(rollout.phase))
    ahead.push(here, ...points.filter(([progress, percentage]) => progress > here[0] && percentage >= here[1]));
  const label = `From ${percent(rollout.startPercentage)} to ${percent(rollout.targetPercentage)}; `
    + `${about(rollout.currentPercentage)} after ${Math.round(100 * part)} % of the monitored time.`;
  return picture(width, rollout.targetPercentage, label, 'start', 'monitored time', ({ x, y, line }) => [
    s('path', { class: 'area', d: `${line(past)}L${x(here[0])} ${y(0)}L${x(0)} ${y(0)}Z` }),
    ahead.length > 1 && s('path', { class: 'ahead', d: line(ahead) }),
    s('path', { class: 'past', d: line(past) }),
    s('circle', { class: `here ${rollout.phase}`, cx: x(here[0]), cy: y(here[1]), r: 5 }),
  ]);
}

function pastCurve(rollout, points, here) {
  const past = [[0, rollout.startPercentage]];
  for (const { percentage } of rollout.history) {
    const at = Math.min(reached(points, percentage), here[0]);
    const last = past.at(-1)[1];
    if (percentage > last) past.push([at, last], [at, percentage]);
  }
  return [...past, [here[0], past.at(-1)[1]], here];
}

/** The steps of a plan before its start. */
export function previewCurve(steps, width) {
  const [from, to] = [new Date(steps[0].at), new Date(steps.at(-1).at)];
  const points = steps.flatMap((step, i) => {
    const at = (new Date(step.at) - from) / (to - from || 1);
    const before = steps.slice(i - 1, i).map(({ percentage }) => [at, percentage]);
    return [...before, [at, step.percentage]];
  });
  const target = steps.at(-1).percentage;
  const label = `From ${percent(steps[0].percentage)} to ${percent(target)} in ${steps.length} steps.`;
  return picture(width, target, label, from.toLocaleString(), to.toLocaleString(),
    ({ line }) => s('path', { class: 'ahead', d: line(points) }));
}

function picture(width, target, label, start, end, draw) {
  const top = Scales.find(scale => scale >= target) ?? 100;
  const x = progress => Left + progress * (width - Left - Right);
  const y = percentage => Top + (1 - percentage / top) * (Height - Top - Bottom);
  const line = points => `M${points.map(([progress, value]) => `${x(progress).toFixed(1)} ${y(value).toFixed(1)}`).join('L')}`;
  return s('svg', { viewBox: `0 0 ${width} ${Height}`, class: 'curve', role: 'img', 'aria-label': label },
    [0, top / 4, top / 2, 3 * top / 4, top].map(value => [
      s('line', { class: 'grid', x1: Left, x2: width - Right, y1: y(value), y2: y(value) }),
      s('text', { x: Left - 6, y: y(value) + 4, 'text-anchor': 'end' }, `${value}`),
    ]),
    s('text', { x: Left, y: Height - 4 }, start),
    s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, end),
    draw({ x, y, line }));
}

/** The planned percentage at each part of the monitored time. */
function planned({ plan, startPercentage: start, targetPercentage: target }) {
  const within = percentage => Math.max(start, Math.min(percentage, target));
  const stairs = steps => steps.flatMap(([progress, percentage], i) => [[progress, steps[i - 1]?.[1] ?? start], [progress, percentage]]);
  if (plan.type === 'stepped') {
    const { length } = plan.checkpoints;
    const steps = plan.checkpoints.map((percentage, i) => [(i + 1) / length, within(percentage)]);
    steps[length - 1][1] = target;
    return [[0, start], ...stairs(steps)];
  }
  if (plan.type === 'custom') {
    const whole = duration(plan.schedule.at(-1).after) || 1;
    const steps = plan.schedule.map(({ after, percentage }) => [duration(after) / whole, within(percentage)]);
    return [[0, start], ...stairs(steps), [1, target]];
  }
  let power = 1;
  if (plan.type === 'exponential') power = 2;
  return Array.from({ length: 41 }, (_, i) => [i / 40, start + (target - start) * (i / 40) ** power]);
}

/** The part of the monitored time at which the plan reaches a percentage. */
function reached(points, percentage) {
  const after = points.findIndex(point => point[1] >= percentage);
  if (after < 0) return 1;
  if (after === 0) return 0;
  const [[x0, y0], [x1, y1]] = [points[after - 1], points[after]];
  if (y1 === y0) return x1;
  return x0 + (x1 - x0) * (percentage - y0) / (y1 - y0);
}

/** The planned duration in milliseconds. A custom plan lasts as long as its schedule. */
export function plannedDuration(plan) {
  if (plan.type === 'custom' && plan.schedule.length) return duration(plan.schedule.at(-1).after);
  return duration(plan.duration);
}

/** The monitored part of the planned time, 0 to 1; below 1 for a rollout that a user completed. */
export function monitored(rollout) {
  if (rollout.phase !== 'complete' || rollout.actor === Automatic) return rollout.progress;
  return Math.min(1, duration(rollout.monitoredTime) / (plannedDuration(rollout.plan) || 1));
}

/** A duration in milliseconds, from a number of them or [d.]hh:mm:ss. */
export function duration(value) {
  if (typeof value === 'number') return value;
  const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(value) ?? [0, 0, 0, 0, 0];
  return 1000 * ((((days ?? 0) * 24 + +hours) * 60 + +minutes) * 60 + +seconds);
}
