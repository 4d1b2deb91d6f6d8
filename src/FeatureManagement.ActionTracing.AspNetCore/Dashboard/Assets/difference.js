// The difference to control over time: the estimate, and the interval that holds at every look.

import { h, s, words } from './dom.js';
import { written } from './measure.js';

const Height = 170, Left = 64, Right = 10, Top = 10, Bottom = 22;

export function differencePicture(result, metric, comparison, width) {
  const number = value => written(metric)(value, true);
  const now = comparison.difference && { at: result.at, difference: comparison.difference };
  const points = [...result.history.filter(point => point.variant === comparison.variant), now].filter(Boolean);
  const title = h('figcaption', null, h('strong', null, words(comparison.variant)), ' minus ', words(result.control), ' in ', words(metric.name));
  if (points.length === 0) return h('figure', null, title, h('p', { class: 'hint' }, words(comparison.summary)));

  const [from, to] = [new Date(result.started).getTime(), new Date(result.at).getTime()];
  // The first intervals are so wide that they would flatten all that follows: they run off the picture.
  const { low, high } = points.at(-1).difference;
  const reach = 2 * Math.max(Math.abs(low), Math.abs(high)) || 1;
  const x = at => Left + (new Date(at).getTime() - from) / (to - from || 1) * (width - Left - Right);
  const y = value => Top + (1 - Math.max(-1, Math.min(1, value / reach))) / 2 * (Height - Top - Bottom);
  const line = (values, first = 'M') => values.map(([at, value], i) => `${i ? 'L' : first}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  // Where there is little room, what both have in common is left out.
  const stamp = at => new Date(at)[width > 480 ? 'toLocaleString' : to - from < 86400000 ? 'toLocaleTimeString' : 'toLocaleDateString']();
  const lows = points.map(point => [point.at, point.difference.low]);
  const highs = points.map(point => [point.at, point.difference.high]);
  const last = points.at(-1).difference;
  const label = `Difference of ${comparison.variant} to ${result.control} in ${metric.name} over ${points.length} looks. Now between ${number(last.low)} and ${number(last.high)}, estimate ${number(last.estimate)}.`;
  return h('figure', null, title,
    s('svg', { viewBox: `0 0 ${width} ${Height}`, class: `curve difference ${comparison.verdict}`, role: 'img', 'aria-label': label },
      [-1, -0.5, 0, 0.5, 1].map(part => [
        s('line', { class: part ? 'grid' : 'grid zero', x1: Left, x2: width - Right, y1: y(part * reach), y2: y(part * reach) }),
        s('text', { x: Left - 6, y: y(part * reach) + 4, 'text-anchor': 'end' }, number(part * reach)),
      ]),
      s('text', { x: Left, y: Height - 4 }, stamp(from)),
      s('text', { x: width - Right, y: Height - 4, 'text-anchor': 'end' }, stamp(to)),
      s('path', { class: 'band', d: `${line(highs)}${line(lows.toReversed(), 'L')}Z` }),
      s('path', { class: 'walked', d: line(points.map(point => [point.at, point.difference.estimate])) }),
      s('line', { class: 'range', x1: x(to), x2: x(to), y1: y(last.low), y2: y(last.high) }),
      s('circle', { class: 'here', cx: x(to), cy: y(last.estimate), r: 4 })));
}
