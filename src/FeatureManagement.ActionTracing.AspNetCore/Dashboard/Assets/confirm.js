// Asks before anything is changed: what happens, to which flag, and why.

import { h, render } from './dom.js';

const dialog = document.getElementById('dialog');

// The dialog closes by its buttons, or by Escape; the browser then puts the focus back to where it was.
dialog.addEventListener('close', () => dialog.replaceChildren());

/**
 * @param question title, action (the button's words), danger, body (elements), fields (elements of a form), run (async, gets the reason and the form's data), done (what follows),
 * anyReason (nothing, and any length: an emergency is never refused for words)
 */
export function confirm({ title, action, danger = false, body = [], fields = [], anyReason = false, run, done }) {
  const opener = document.activeElement;
  const problem = h('div', { role: 'alert', class: 'problem' });
  const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
  const form = h('form', { method: 'dialog', class: 'stack' },
    h('h2', { id: 'dialog-title' }, title),
    ...body,
    ...fields,
    h('label', { class: 'field' }, 'Reason',
      h('textarea', { name: 'reason', id: 'reason', required: !anyReason, maxlength: anyReason ? null : 1000, rows: 3, autofocus: fields.length === 0, 'aria-describedby': 'reason-hint' })),
    h('p', { id: 'reason-hint', class: 'hint' }, `${anyReason ? 'Optional; cut to 1,000 characters. ' : ''}Goes into the audit, with your name.`),
    problem,
    h('div', { class: 'buttons end' }, h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), go));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const data = new FormData(form);
    const reason = data.get('reason').trim();
    if (!reason && !anyReason) return show(problem, ['A reason is required; it goes into the audit.']);
    go.disabled = true;
    try {
      await run(reason, data);
      dialog.close();
      await done().catch(() => {}); // it is done; what cannot be read now, the page reads later
      // What opened the dialog may have been drawn anew, or be gone.
      (document.getElementById(opener?.id) ?? document.getElementById('main')).focus();
    } catch (error) {
      show(problem, [error.message, ...(error.sentences ?? []).filter(sentence => sentence !== error.message)]);
    } finally {
      go.disabled = false;
    }
  });
  render(dialog, form);
  dialog.showModal();
}

function show(problem, sentences) {
  render(problem, ...sentences.map(sentence => h('p', null, sentence)));
}
