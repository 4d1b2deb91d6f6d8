// The difference to control over time: the estimate, and the interval that is valid at every analysis.

import { h, s, words } from './dom.js';
import { written } from './measure.js';

const Height = 170, Left = 64, Right = 10, Top = 10, Bottom = 22;
const Day = 86400000;

export function differencePicture(result, metric, comparison, width) {
  const number = value => written(metric)(value, true);
  const now = comparison.difference && { at: result.at, difference: comparison.difference };
  const points = [...result.history.filter(point => point.variant === comparison.variant), now].filter(Boolean);
  const title = h('figcaption', null,
    h('strong', null, words(comparison.variant)), ' minus ', words(result.control), ' in ', words(metric.name));
  if (points.length === 0) return h('figure', null, title, h('p', { class: 'hint' }, words(comparison.summary)));

  const [from, to] = [new Date(result.started).getTime(), new Date(result.at).getTime()];
  const last = points.at(-1).difference;
  // The scale follows the last interval. The first intervals are much wider and run off the picture.
  const reach = 2 * Math.max(Math.abs(last.low), Math.abs(last.high)) || 1;
  const x = at => Left + (new Date(at).getTime() - from) / (to - from || 1) * (width - Left - Right);
  const y = value => Top + (1 - Math.max(-1, Math.min(1, value / reach))) / 2 * (Height - Top - Bottom);
  const line = values => values.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
  const time = timeFormat(from, to, width);
  const lows = points.map(point => [point.at, point.difference.low]);
  const highs = points.map(point => [point.at, point.difference.high]);
  const estimates = points.map(point => [point.at, point.difference.estimate]);
  const label = `Difference of ${comparison.variant} to ${result.control} in ${metric.name}, ${points.length} points. `
    + `Now between ${number(last.low)} and ${number(last.high)}, estimate ${number(last.estimate)}.`;
  return h('figure', null, title,
    s('svg', { viewBox: `0 0 ${width} ${Height}`, class: `curve difference ${comparison.verdict}`, role: 'img', 'aria-label': label },
      [-1, -0.5, 0, 0.5, 1].map(part => [
        s('line', { class: part ? 'grid' : 'grid zero', x1: Left, x2: width - Right, y1: y(part * reach), y2: y(part * reach) }),
        s('text', { x: Left - 6, y: y(part * reach) + 4, 'text-anchor': 'end' }, number(part * reach)),
      ]),
      s('text', { x: Left, y: Height - 4 }, time(from)),
      s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, time(to)),
      s('path', { class: 'band', d: `M${line(highs)}L${line(lows.toReversed())}Z` }),
      s('path', { class: 'past', d: `M${line(estimates)}` }),
      s('line', { class: 'range', x1: x(to), x2: x(to), y1: y(last.low), y2: y(last.high) }),
      s('circle', { class: 'here', cx: x(to), cy: y(last.estimate), r: 4 })));
}

/** A narrow picture shows the part of the time in which both ends differ. */
function timeFormat(from, to, width) {
  if (width > 480) return at => new Date(at).toLocaleString();
  if (to - from < Day) return at => new Date(at).toLocaleTimeString();
  return at => new Date(at).toLocaleDateString();
}
