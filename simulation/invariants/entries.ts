import type { Run } from '../run-seed.ts';

/** At rest the clients show what is ready, and nothing that was stopped, given up or removed. */
export function checkEntries(run: Run): void {
  if (!run.daemon || run.violation !== null) return;
  const views = run.daemon.control.list();
  for (const [client, entries] of run.clientFiles.entries) {
    for (const { spec, status } of views) {
      const isShown = entries.has(spec.name);
      if (status.lifecycle === 'running' && !isShown) run.fail('entry-missing', `${client} does not show ${spec.name}, which is ready`);
      if ((status.lifecycle === 'stopped' || status.lifecycle === 'failed') && isShown)
        run.fail('entry-left', `${client} shows ${spec.name}, which is ${status.lifecycle}`);
    }
    const names = new Set(views.map(({ spec }) => spec.name));
    for (const name of entries) if (!names.has(name)) run.fail('entry-left', `${client} shows ${name}, which was removed`);
  }
}
