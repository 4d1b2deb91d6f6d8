// The button calls the management API: its rules for access and origin apply, and the audit records each start.
const button = document.getElementById('again');
const answer = document.getElementById('answer');

async function call(path, body) {
  const response = await fetch(`${button.dataset.api}/flags/${path}`, body && {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const content = await response.json();
  if (!response.ok)
    throw new Error(content.detail ?? content.title);
  return content;
}

async function again(flag) {
  const { rollout, source } = await call(flag);
  if (rollout && !rollout.endedAt)
    return `${flag} is rolling out already.`;
  const reason = 'Run again from the front page';
  // A completed rollout leaves an override.
  if (source === 'override')
    await call(`${flag}/reset`, { reason });
  await call(`${flag}/rollout`, { reason });
  return `${flag} rolls out again.`;
}

button.addEventListener('click', async () => {
  button.disabled = true;
  const flags = button.dataset.flags.split(' ');
  const answers = await Promise.all(flags.map(flag => again(flag).catch(error => `${flag}: ${error.message}`)));
  answer.textContent = answers.join('\n');
  button.disabled = false;
});
