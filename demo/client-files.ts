import { createRequire } from 'node:module';
import { CursorFile, drawDiff } from './cursor-file.ts';
import type { Home } from './home.ts';
import { drawTimeline } from './timeline.ts';

const NAME = 'thinking';

/**
 * Shows what becomes of an AI client's file while servers come, crash and go.
 * @param auto a workload that runs, of which the client is not told anything by default
 */
export async function showClientFile(home: Home, auto: string, say: (text: string) => void): Promise<CursorFile> {
  const file = new CursorFile(home.user);
  const original = file.text();
  await home.holdfast('client', 'register', 'cursor');
  const registered = file.text();
  say(`   $ holdfast client register cursor\n     ${file.path} gets what runs:\n${drawDiff(original, registered)}`);

  const script = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-sequential-thinking/dist/index.js');
  const flags = ['--name', NAME, '--client-refresh', 'always', '--restart-stable', '0s'];
  await home.holdfast('run', ...flags, 'cmd://node', '--', script);
  const shown = file.text();
  say(`   $ holdfast run --name ${NAME} --client-refresh always …\n${drawDiff(registered, shown)}`);

  const { pid, generation } = await home.workload(NAME);
  const killedAt = Date.now();
  process.kill(pid, 'SIGKILL');
  const out = await file.change(shown);
  const back = await file.change(out.text);
  const ready = await home.event(NAME, 'backend.ready', generation + 1);
  say(
    drawTimeline([
      { at: killedAt, what: `kill -9 ${pid}` },
      { at: out.at, what: 'its entry is taken out, so that a client which watches the file lets go' },
      { at: ready.at, what: ready.message },
      { at: back.at, what: 'and put back, so that it connects anew' },
    ]),
  );
  say(`   Out:\n${drawDiff(shown, out.text)}\n   Back:\n${drawDiff(out.text, back.text)}`);
  if (back.text !== shown) throw new Error(`the entry is another one: ${back.text}`);

  await killUnnoticed(home, auto, file);
  say(`\n   kill -9 of ${auto}, which has --client-refresh auto: nobody was cut off, and the file is not touched at all`);
  return file;
}

async function killUnnoticed(home: Home, workload: string, file: CursorFile): Promise<void> {
  const stamp = file.stamp();
  const { pid, generation } = await home.workload(workload);
  process.kill(pid, 'SIGKILL');
  await home.event(workload, 'backend.ready', generation + 1);
  if (file.stamp() !== stamp) throw new Error(`${file.path} was written: ${file.text()}`);
}
