// The percentage of users over the monitored time of a rollout, as pictures.

import { about, percent, s } from './dom.js';

const Itself = 'action-tracing'; // the actor of what a rollout does by itself
const Height = 190, Left = 38, Right = 10, Bottom = 22, Top = 10;
const Scales = [5, 10, 25, 50, 100];

/** Walked, and still to come. */
export function rolloutCurve(rollout, width) {
  const points = planned(rollout);
  const part = monitored(rollout);
  const here = [part, rollout.currentPercentage];
  const walked = [[0, rollout.startPercentage]];
  for (const { percentage } of rollout.history) {
    const at = Math.min(reached(points, percentage), part);
    if (percentage > walked.at(-1)[1]) walked.push([at, walked.at(-1)[1]], [at, percentage]);
  }
  walked.push([here[0], walked.at(-1)[1]], here);
  const ahead = ['complete', 'rolled_back', 'rolling_back'].includes(rollout.phase) ? [] : [here, ...points.filter(([progress, share]) => progress > here[0] && share >= here[1])];
  const label = `From ${percent(rollout.startPercentage)} to ${percent(rollout.targetPercentage)}; ${about(rollout.currentPercentage)} after ${Math.round(100 * part)} % of the monitored time.`;
  return picture(width, rollout.targetPercentage, label, 'start', 'monitored time', ({ x, y, line }) => [
    s('path', { class: 'area', d: `${line(walked)}L${x(here[0])} ${y(0)}L${x(0)} ${y(0)}Z` }),
    ahead.length > 1 && s('path', { class: 'ahead', d: line(ahead) }),
    s('path', { class: 'walked', d: line(walked) }),
    s('circle', { class: `here ${rollout.phase}`, cx: x(here[0]), cy: y(here[1]), r: 5 }),
  ]);
}

/** The steps of a plan that nobody has started yet. */
export function previewCurve(steps, width) {
  const [from, to] = [new Date(steps[0].at), new Date(steps.at(-1).at)];
  const points = steps.flatMap((step, i) => {
    const at = (new Date(step.at) - from) / (to - from || 1);
    return i ? [[at, steps[i - 1].percentage], [at, step.percentage]] : [[at, step.percentage]];
  });
  return picture(width, steps.at(-1).percentage, `From ${percent(steps[0].percentage)} to ${percent(steps.at(-1).percentage)} in ${steps.length} steps.`,
    from.toLocaleString(), to.toLocaleString(), ({ line }) => s('path', { class: 'ahead', d: line(points) }));
}

function picture(width, target, label, start, end, draw) {
  const top = Scales.find(scale => scale >= target) ?? 100;
  const x = progress => Left + progress * (width - Left - Right);
  const y = share => Top + (1 - share / top) * (Height - Top - Bottom);
  const line = points => points.map(([progress, share], i) => `${i ? 'L' : 'M'}${x(progress).toFixed(1)} ${y(share).toFixed(1)}`).join('');
  return s('svg', { viewBox: `0 0 ${width} ${Height}`, class: 'curve', role: 'img', 'aria-label': label },
    [0, top / 4, top / 2, 3 * top / 4, top].map(share => [
      s('line', { class: 'grid', x1: Left, x2: width - Right, y1: y(share), y2: y(share) }),
      s('text', { x: Left - 6, y: y(share) + 4, 'text-anchor': 'end' }, `${share}`),
    ]),
    s('text', { x: Left, y: Height - 4 }, start),
    s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, end),
    draw({ x, y, line }));
}

/** The percentage that the plan has in mind at each part of the monitored time. */
function planned({ plan, startPercentage: start, targetPercentage: target }) {
  const steps = shares => shares.flatMap(([progress, share], i) => [[progress, i ? shares[i - 1][1] : start], [progress, share]]);
  const within = share => Math.max(start, Math.min(share, target));
  switch (plan.type) {
    case 'stepped': return [[0, start], ...steps(plan.checkpoints.map((share, i, all) => [(i + 1) / all.length, i + 1 === all.length ? target : within(share)]))];
    case 'custom': {
      const whole = duration(plan.schedule.at(-1).after) || 1;
      return [[0, start], ...steps(plan.schedule.map(({ after, percentage }) => [duration(after) / whole, within(percentage)])), [1, target]];
    }
    default: return Array.from({ length: 41 }, (_, i) => [i / 40, start + (target - start) * (i / 40) ** (plan.type === 'exponential' ? 2 : 1)]);
  }
}

/** The part of the monitored time at which the plan comes to a percentage. */
function reached(points, share) {
  const after = points.findIndex(point => point[1] >= share);
  if (after <= 0) return after < 0 ? 1 : 0;
  const [[x0, y0], [x1, y1]] = [points[after - 1], points[after]];
  return y1 === y0 ? x1 : x0 + (x1 - x0) * (share - y0) / (y1 - y0);
}

/** Milliseconds that a plan takes: a custom one lasts as long as its schedule. */
export const plannedDuration = plan => duration(plan.type === 'custom' && plan.schedule.length ? plan.schedule.at(-1).after : plan.duration);

/** The part of its time that a rollout was monitored, 0 to 1; less than 1 for one that somebody completed by hand. */
export const monitored = rollout => rollout.phase === 'complete' && rollout.actor !== Itself ? Math.min(1, duration(rollout.monitoredTime) / (plannedDuration(rollout.plan) || 1)) : rollout.progress;

/** Milliseconds of a duration: a number of them, or [d.]hh:mm:ss. */
export function duration(value) {
  if (typeof value === 'number') return value;
  const [, days, hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(value) ?? [0, 0, 0, 0, 0];
  return 1000 * ((((days ?? 0) * 24 + +hours) * 60 + +minutes) * 60 + +seconds);
}
