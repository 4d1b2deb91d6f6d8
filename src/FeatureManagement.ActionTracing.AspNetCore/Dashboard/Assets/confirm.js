// Asks for confirmation and a reason before a change.

import { h, render } from './dom.js';

const dialog = document.getElementById('dialog');

// The dialog closes by its buttons or Escape. The browser then restores the focus. The event of the close comes later: by then, a user
// may have opened the dialog again.
dialog.addEventListener('close', () => {
  if (!dialog.open) dialog.replaceChildren();
});

/**
 * @param question title, action (the text of the button), danger, body (elements), fields (elements of the form),
 * run (async, gets the reason and the form data), done (runs after success),
 * anyReason (the reason is optional and of any length: an emergency is never rejected for its reason)
 */
export function confirm({ title, action, danger = false, body = [], fields = [], anyReason = false, run, done }) {
  const opener = document.activeElement;
  const problem = h('div', { role: 'alert', class: 'problem' });
  const submit = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
  const form = h('form', { method: 'dialog', class: 'stack' },
    h('h2', { id: 'dialog-title' }, title),
    ...body,
    ...fields,
    reasonField(anyReason, fields.length === 0),
    h('p', { id: 'reason-hint', class: 'hint' },
      anyReason && 'Optional; cut to 1,000 characters. ', 'The audit records it with your name.'),
    problem,
    h('div', { class: 'buttons end' }, h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), submit));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const data = new FormData(form);
    const reason = data.get('reason').trim();
    if (!reason && !anyReason) return show(problem, ['A reason is required; the audit records it.']);
    submit.disabled = true;
    try {
      await run(reason, data);
      dialog.close();
      await done().catch(() => {}); // the change is done; the page reads it later
      // The button that opened the dialog may have been replaced or removed.
      (document.getElementById(opener?.id) ?? document.getElementById('main')).focus();
    } catch (error) {
      show(problem, [error.message, ...(error.sentences ?? []).filter(sentence => sentence !== error.message)]);
    } finally {
      submit.disabled = false;
    }
  });
  render(dialog, form);
  dialog.showModal();
}

const reasonField = (anyReason, autofocus) => h('label', { class: 'field' }, 'Reason',
  h('textarea', {
    name: 'reason',
    id: 'reason',
    required: !anyReason,
    maxlength: !anyReason && 1000,
    rows: 3,
    autofocus,
    'aria-describedby': 'reason-hint',
  }));

function show(problem, sentences) {
  render(problem, ...sentences.map(sentence => h('p', null, sentence)));
}
