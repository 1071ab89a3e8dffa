import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A client's file as its user has it. */
export interface UserDocument {
  readonly client: string;
  /** Below the user's home. */
  readonly path: string;
  /** Null = there is none, only its folder. */
  readonly text: string | null;
  readonly mode?: number;
  /** It is a link to a file in another folder. */
  readonly isLink?: boolean;
}

/** Whatever others edit in a document: the number in `edited 0 times`. */
const COUNTER = /edited (\d+) times/;

/** A client's file in a home on the disk. */
export class UserFile {
  readonly client: string;
  readonly file: string;
  readonly #document: UserDocument;
  /** Names of files in its folder, itself included. */
  readonly #beside: readonly string[];

  /** Puts it there. @param home absolute */
  constructor(home: string, document: UserDocument) {
    this.client = document.client;
    this.#document = document;
    this.file = join(home, document.path);
    mkdirSync(dirname(this.file), { recursive: true });
    this.#put(home, document);
    this.#beside = this.#filesBeside();
  }

  bytes(): Buffer | null {
    return existsSync(this.file) ? readFileSync(this.file) : null;
  }

  text(): string {
    return this.bytes()?.toString('utf8') ?? '';
  }

  /** How often others edited it. */
  edits(): number {
    return Number(COUNTER.exec(this.text())?.[1] ?? 0);
  }

  /** Whether it has an entry that leads to a workload, with a key. */
  shows(workload: string): boolean {
    return new RegExp(`/k/[0-9a-f]{32}/${workload}/mcp`).test(this.text());
  }

  /** What differs from the file that its user had, apart from what others edited; empty where nothing does. */
  differences(): string[] {
    const { text, mode = 0o600, isLink = false } = this.#document;
    const now = this.bytes()?.toString('utf8') ?? null;
    const found: string[] = [];
    if (now?.replace(COUNTER, 'edited 0 times') !== text?.replace(COUNTER, 'edited 0 times'))
      found.push(`its text is ${JSON.stringify(now)}`);
    if (text !== null && lstatSync(this.file).isSymbolicLink() !== isLink) found.push('it is no link any more');
    if (text !== null && (statSync(this.file).mode & 0o777) !== mode) found.push(`its mode is ${statSync(this.file).mode.toString(8)}`);
    const beside = this.#filesBeside();
    if (beside.toSorted().join() !== this.#beside.toSorted().join()) found.push(`beside it are ${beside.join(', ')}`);
    return found.map((what) => `${this.client}: ${what}`);
  }

  /** Whether its beginning and its end are there as its user wrote them: it is not cut off. */
  isWhole(): boolean {
    const whole = this.#document.text ?? '';
    const text = this.text().replace(COUNTER, 'edited 0 times');
    const edge = 20;
    return text.startsWith(whole.slice(0, edge)) && text.includes(whole.slice(-edge));
  }

  #put(home: string, { text, mode = 0o600, isLink }: UserDocument): void {
    if (text === null) return;
    const real = isLink ? join(home, 'dotfiles', `${this.client}.txt`) : this.file;
    mkdirSync(dirname(real), { recursive: true });
    writeFileSync(real, text);
    chmodSync(real, mode);
    if (isLink) symlinkSync(real, this.file);
  }

  #filesBeside(): string[] {
    const all = readdirSync(dirname(this.file), { withFileTypes: true });
    return all.filter((one) => !one.isDirectory()).map(({ name }) => name);
  }
}
