import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** Names of the benchmarks to run; empty = all. */
  readonly only: readonly string[];
  readonly json: boolean;
  readonly pin: boolean;
  /** How often the server is killed before each proxy. */
  readonly kills: number;
  /** How many workloads an engine has when it is restarted. */
  readonly workloads: number;
  /** Whether proxies from npm are installed and measured too. */
  readonly rivals: boolean;
  /** Other proxies, as `NAME=COMMAND LINE`. */
  readonly rivalCommands: readonly string[];
  /** The folder of the built programs of Holdfast. */
  readonly program: string;
  /** Another build of Holdfast that is measured in turns with it; null for none. */
  readonly against: string | null;
  /** Further arguments of Node for the daemon, e.g. `--cpu-prof`. */
  readonly daemonNodeArgs: readonly string[];
  /** Rounds of the interleaved measurements. */
  readonly rounds: number;
  readonly strict: boolean;
  readonly help: boolean;
}

export const HELP = `npm run bench -- [--only NAME,…] [--json] …

  --only NAME,…       only these benchmarks: latency, stdio, crash, containers, scale, engine, ls
  --rounds N          rounds of the interleaved measurements (5)
  --kills N           how often the server is killed before each proxy (50); two fifths as often in a container
  --workloads N       how many workloads an engine has when it is restarted (50)
  --rivals            installs supergateway and mcp-proxy from npm into a folder for this run, and measures them too
  --rival NAME=LINE   another proxy: its command line, with {port}, {server} and {node} replaced; serves http://127.0.0.1:{port}/mcp
  --program FOLDER    the built programs of Holdfast (dist/bin)
  --against FOLDER    another build of it, measured in turns with the first
  --daemon-node-arg A an argument of Node for the daemon, e.g. --cpu-prof; may be repeated
  --no-pin            leaves it to the system on which cores what runs
  --json              rows and notes as JSON on stdout
  --strict            exit code 1 where a promise is missed`;

/** @throws TypeError for an option that does not exist */
export function readOptions(args: readonly string[], defaultProgram: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      'no-pin': { type: 'boolean', default: false },
      kills: { type: 'string', default: '50' },
      rounds: { type: 'string', default: '5' },
      workloads: { type: 'string', default: '50' },
      rivals: { type: 'boolean', default: false },
      rival: { type: 'string', multiple: true, default: [] },
      program: { type: 'string', default: defaultProgram },
      against: { type: 'string' },
      'daemon-node-arg': { type: 'string', multiple: true, default: [] },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    only: values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''),
    json: values.json,
    pin: !values['no-pin'],
    kills: count(values.kills, '--kills'),
    rounds: count(values.rounds, '--rounds'),
    workloads: count(values.workloads, '--workloads'),
    rivals: values.rivals,
    rivalCommands: values.rival,
    program: resolve(values.program),
    against: values.against === undefined ? null : resolve(values.against),
    daemonNodeArgs: values['daemon-node-arg'],
    strict: values.strict,
    help: values.help,
  };
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name} ${text} is not a number from 1`);
  return value;
}
