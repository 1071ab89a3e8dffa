import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientList, ClientOutcomes, ClientUrl } from '../../src/api/contract/clients.ts';
import type { Home } from './home.ts';
import { until } from './until.ts';

/** As people have it: comments, another server, one that is commented out. */
const MINE = `{
  // servers of mine
  "mcpServers": {
    "own": { "command": "npx", "args": ["own-server"] } // keep
    /* "old": { "url": "http://127.0.0.1:1/mcp" } */
  }
}
`;
const LOOK_MS = 5;

/** What the file was at one time. */
export interface Look {
  /** Performance time, ms. */
  readonly at: number;
  readonly text: string | null;
}

/** A user with Cursor: a home folder of its own, and the file that Cursor reads. */
export class CursorUser {
  readonly folder: string;
  readonly file: string;
  /** Each content that the file had, oldest first, since `watch`. */
  readonly history: Look[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-user-'));
    this.file = join(this.folder, '.cursor', 'mcp.json');
    mkdirSync(join(this.folder, '.cursor'));
    this.write(MINE);
  }

  /** For `createHome` and `homeOn`. */
  get env(): Record<string, string> {
    return { HOME: this.folder };
  }

  get original(): string {
    return MINE;
  }

  text(): string | null {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : null;
  }

  /** As an editor saves it. @param laterMs as if so much later */
  write(text: string, laterMs = 0): void {
    writeFileSync(`${this.file}.saving`, text);
    if (laterMs > 0) utimesSync(`${this.file}.saving`, new Date(), new Date(Date.now() + laterMs));
    renameSync(`${this.file}.saving`, this.file);
  }

  /** Whether Cursor would show a server of that name. */
  shows(name: string): boolean {
    return this.text()?.includes(`"${name}": {\n`) ?? false;
  }

  untilShown(name: string, boundMs?: number): Promise<true> {
    return until(`Cursor shows ${name}; its file is ${this.text() ?? 'missing'}`, () => this.shows(name), boundMs);
  }

  untilHidden(name: string, boundMs?: number): Promise<true> {
    return until(`Cursor does not show ${name}; its file is ${this.text() ?? 'missing'}`, () => !this.shows(name), boundMs);
  }

  untilText(text: string): Promise<true> {
    return until(`its file is ${text}; it is ${this.text() ?? 'missing'}`, () => this.text() === text);
  }

  /** Writes down what the file becomes from now on. */
  watch(): void {
    this.history.length = 0;
    this.#look();
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** The contents that the file had since `watch`, once they are so many. */
  async untilChanged(count: number, boundMs?: number): Promise<readonly Look[]> {
    await until(`the file had ${count} contents`, () => this.history.length >= count, boundMs);
    return this.history;
  }

  remove(): void {
    if (this.#timer) clearInterval(this.#timer);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #look(): void {
    const text = this.text();
    if (this.history.length === 0 || this.history.at(-1)?.text !== text) this.history.push({ at: performance.now(), text });
  }
}

/** Registers Cursor of that user at a Holdfast. @param body more of the request */
export async function registerCursor(home: Home, body: object = {}): Promise<ClientOutcomes['results'][number]> {
  const path = '/v1/clients/register';
  const { results } = await home.api().json<ClientOutcomes>({ method: 'POST', path, body: { clients: ['cursor'], ...body } });
  const [result] = results;
  if (!result) throw new Error('no result for Cursor');
  return result;
}

export async function removeCursor(home: Home): Promise<ClientOutcomes> {
  return home.api().json<ClientOutcomes>({ method: 'POST', path: '/v1/clients/remove', body: { clients: ['cursor'] } });
}

/** The URL of a workload with Cursor's key. */
export async function urlOfCursor(home: Home, workload: string): Promise<string> {
  const path = `/v1/workloads/${workload}/client-url`;
  return (await home.api().json<ClientUrl>({ method: 'GET', path, query: { client: 'cursor' } })).url;
}

/** How the entries stand, by name, as Holdfast says. */
export async function cursorEntries(home: Home): Promise<Record<string, string>> {
  const { clients } = await home.api().json<ClientList>({ method: 'GET', path: '/v1/clients' });
  const files = clients.find(({ client_type }) => client_type === 'cursor')?.files ?? [];
  return Object.fromEntries(files.flatMap(({ entries }) => entries.map(({ name, state }) => [name, state])));
}
