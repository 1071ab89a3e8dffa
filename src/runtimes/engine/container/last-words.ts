import { timeOf } from './container-exit.ts';
import { excerpt } from './output-tail.ts';
import { pauseReal } from './pause-real.ts';
import type { EndableRun, RunParts } from './run-parts.ts';
import { StdioLink } from './stdio-link.ts';

/** The engine is given so long to read its log, ms. */
const WITHIN_MS = 1_500;

/** The engine may learn of an end before it has written the words that came before it: so often whoever is patient waits for some. */
const WAITS = 5;
const WAIT_MS = 150;

/** A server may have said its last before the engine writes down that it started; no container is started again so soon after an end, ms. */
const HEADSTART_MS = 200;

/**
 * The last lines that a run wrote to its log, redacted: from memory where they passed through here, else the engine's.
 * @param patient where there are none they are waited for
 */
export async function lastWords({ parts }: Pick<EndableRun, 'parts'>, count: number, patient: boolean): Promise<string[]> {
  const { site, link } = parts;
  if (link && !link.tail.empty) return explained(link.tail.lines(count, site.redact));
  let lines = await readWords(parts, count);
  for (let waits = patient ? WAITS : 0; lines.length === 0 && waits > 0; waits -= 1) {
    await pauseReal(WAIT_MS);
    lines = await readWords(parts, count);
  }
  return explained(excerpt(lines, count, site.redact));
}

async function readWords({ site, known, link, startedAt }: RunParts, count: number): Promise<string[]> {
  const stdio = link instanceof StdioLink;
  const lines: string[] = [];
  const began = timeOf(startedAt);
  const query = {
    tty: false,
    // What a stdio server writes to stdout are its answers.
    stdout: !stdio,
    stderr: true,
    since: began === null ? null : began - HEADSTART_MS,
    // Docker counts the lines of both streams.
    tail: stdio ? null : count,
    follow: false,
    signal: AbortSignal.timeout(WITHIN_MS),
  };
  try {
    for await (const { line } of site.client.containers.logs(known.containerId, query)) lines.push(Buffer.from(line).toString('utf8'));
  } catch (error) {
    // It was removed, or its engine is away: nobody knows its words any more.
    site.log.debug('the log of a container cannot be read', { workload: known.workload, error: String(error) });
  }
  return lines;
}

const INIT_FAILED = /(?:tini|catatonit|pid1).*(No such file or directory|Exec format error|Permission denied)/i;
const MEANING: Readonly<Record<string, string>> = {
  'no such file or directory': 'the program is not in the image, or its interpreter is not: see the image and what comes after `--`',
  'exec format error': 'the program is made for another kind of processor than the engine’s machine has',
  'permission denied': 'the program may not be executed by the user that it is run as',
};

/** The init program runs first, so that it and not the engine says what is wrong with the program: too shortly for people. */
function explained(lines: string[]): string[] {
  const meaning = MEANING[INIT_FAILED.exec(lines.at(-1) ?? '')?.[1]?.toLowerCase() ?? ''];
  return meaning === undefined ? lines : [...lines, `(${meaning})`];
}
