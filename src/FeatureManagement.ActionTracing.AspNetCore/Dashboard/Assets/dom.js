// Elements and words. Text only ever becomes text: nothing here, or anywhere on this page, reads markup.

const SvgNames = 'http://www.w3.org/2000/svg';

/** An element: h('a', { href: '#/', class: 'x', onclick: f }, 'text', child, null). */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same in SVG. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SvgNames, tag), attributes, children);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces what is in an element, keeping the keyboard's focus on what has the same id. */
export function render(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : '';
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Words that somebody else wrote: kept from turning the direction of those around them. */
export const words = (text, attributes) => h('bdi', attributes, text ?? '');

/** For screen readers alone. */
export const unseen = text => h('span', { class: 'unseen' }, text);

export const known = value => value !== null && value !== undefined;

const Exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const Rounded = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const Small = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

/** A percentage as somebody set it. */
export const percent = value => `${Exact.format(value)} %`;

/** A percentage that moves or was measured: one decimal, two digits below one, and never 100 for what is less. */
export const about = value => `${(Math.abs(value) < 1 ? Small : value < 100 && value >= 99.95 ? Exact : Rounded).format(value)} %`;

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString()} ${number === 1 ? one : many}`;

const Absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const Relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const Units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** A moment, in words that grow old by themselves. */
export const moment = iso => h('time', { datetime: iso, title: Absolute.format(new Date(iso)) }, ago(iso));

export const clock = date => new Date(date).toLocaleTimeString();

function ago(iso) {
  const seconds = (new Date(iso) - Date.now()) / 1000;
  if (Math.abs(seconds) < 5) return seconds > 0.5 ? 'in a moment' : 'just now';
  const [unit, size] = Units.find(([, length]) => Math.abs(seconds) >= length) ?? Units.at(-1);
  return Relative.format(Math.trunc(seconds / size), unit);
}

setInterval(() => {
  for (const time of document.querySelectorAll('time')) {
    const now = ago(time.dateTime);
    if (time.textContent !== now) time.textContent = now;
  }
}, 15000);
