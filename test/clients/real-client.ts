import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A client that lists its servers without a login, and connects to each for that. */
export interface RealClient {
  readonly id: string;
  /** In `node_modules/.bin`. */
  readonly program: string;
  /** Major version of Node that its program needs; null where it brings its own. */
  readonly node: number | null;
  /** Below the home. */
  readonly file: string;
  /** A file as its user may have it, in a form that the client itself leaves as it is. */
  readonly text: string;
}

export const REAL_CLIENTS: readonly RealClient[] = [
  {
    id: 'gemini-cli',
    program: 'gemini',
    node: 20,
    file: '.gemini/settings.json',
    text: '{\n  // no tips, please }\n  "ui": { "hideTips": true },\n  "mcpServers": {\n  }\n}\n',
  },
  {
    id: 'qwen-code',
    program: 'qwen',
    node: 22,
    file: '.qwen/settings.json',
    text: '{\r\n\t/* "mcpServers": {} */\r\n\t"$version": 4,\r\n\t"mcpServers": {}\r\n}\r\n',
  },
  {
    id: 'opencode',
    program: 'opencode',
    node: null,
    file: '.config/opencode/opencode.json',
    text: '{\n  "$schema": "https://opencode.ai/config.json",\n  "theme": "system", // 27" screen\n}\n',
  },
];

/** What a client says of a server. */
export type Standing = 'connected' | 'failed' | 'absent';

/** A client in a home of its own. */
export class InstalledClient {
  readonly client: RealClient;
  readonly #programs: string;
  readonly #home: string;
  readonly #enter: readonly string[];

  /**
   * @param programs folder with the clients' programs
   * @param home absolute; the folder `work` in it is what it is started in
   * @param enter what its command line begins with
   */
  constructor(client: RealClient, programs: string, home: string, enter: readonly string[]) {
    this.client = client;
    this.#programs = programs;
    this.#home = home;
    this.#enter = enter;
    mkdirSync(join(home, 'work'), { recursive: true });
    mkdirSync(dirname(this.#file()), { recursive: true });
    writeFileSync(this.#file(), client.text);
  }

  /** Its configuration. */
  text(): string {
    return readFileSync(this.#file(), 'utf8');
  }

  /** Asks the client. @throws Error with what it said where it ended with anything but 0 */
  async standing(server: string): Promise<Standing> {
    const said = await this.#list();
    const mark = new RegExp(`(\\S) ${server}\\b`).exec(said)?.[1];
    if (mark === undefined) return 'absent';
    if (mark !== '✓' && mark !== '✗') throw new Error(`${this.client.id} said: ${said}`);
    return mark === '✓' ? 'connected' : 'failed';
  }

  #file(): string {
    return join(this.#home, this.client.file);
  }

  #list(): Promise<string> {
    const { program, node } = this.client;
    const own = [...(node === null ? [] : [process.execPath]), join(this.#programs, program), 'mcp', 'list'];
    const [command = '', ...args] = [...this.#enter, ...own];
    const env = { HOME: this.#home, PATH: process.env['PATH'], NO_COLOR: '1', GEMINI_CLI_TRUST_WORKSPACE: 'true' };
    return new Promise((resolve, reject) => {
      const child = execFile(command, args, { cwd: join(this.#home, 'work'), env, timeout: 60_000 }, (error, stdout, stderr) => {
        const said = stripVTControlCharacters(stdout + stderr);
        if (error === null) resolve(said);
        else reject(new Error(`${program} mcp list ended with ${String(error.code ?? error.signal)}: ${said}`, { cause: error }));
      });
      child.stdin?.end();
    });
  }
}
