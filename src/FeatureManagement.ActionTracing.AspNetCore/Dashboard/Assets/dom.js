// Elements and texts. A text only becomes a text node: this page never parses markup.

const SvgNames = 'http://www.w3.org/2000/svg';

/** An element: h('a', { href: '#/', class: 'x', onclick: f }, 'text', child, null). */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same in SVG. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SvgNames, tag), attributes, children);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces the content of an element. The focus stays on the element with the same id. */
export function render(element, ...children) {
  let focused = '';
  if (element.contains(document.activeElement)) focused = document.activeElement.id;
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** A text of a user. Its writing direction does not change the text around it. */
export const words = (text, attributes) => h('bdi', attributes, text ?? '');

/** A text for screen readers only. */
export const unseen = text => h('span', { class: 'unseen' }, text);

export const known = value => value !== null && value !== undefined;

const Exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const Rounded = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const Small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

/** A configured percentage, exact. */
export const percent = value => `${Exact.format(value)} %`;

/** A measured percentage, rounded: one decimal, two digits below one, and never 100 for less. */
export const about = value => `${formatOf(value).format(value)} %`;

function formatOf(value) {
  if (Math.abs(value) < 1) return Small;
  if (value < 100 && value >= 99.95) return Exact;
  return Rounded;
}

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString()} ${number === 1 ? one : many}`;

const Absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const Relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const Units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** A time relative to now; the page keeps it up to date. */
export const moment = iso => h('time', { datetime: iso, title: Absolute.format(new Date(iso)) }, ago(iso));

export const clock = date => new Date(date).toLocaleTimeString();

function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  if (seconds > 0.5 && seconds < 5) return 'in a moment';
  if (Math.abs(seconds) < 5) return 'just now';
  const [unit, size] = Units.find(([, length]) => Math.abs(seconds) >= length) ?? Units.at(-1);
  return Relative.format(Math.trunc(seconds / size), unit);
}

setInterval(() => {
  for (const time of document.querySelectorAll('time')) {
    const now = ago(time.dateTime);
    if (time.textContent !== now) time.textContent = now;
  }
}, 15000);
