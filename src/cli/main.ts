import { connect, connectIfRunning } from '../api/connect/connect.ts';
import { version } from '../api/contract/version.ts';
import { commands, groups, summary } from './commands.ts';
import type { Context } from './context.ts';
import { createOutput } from './output/output.ts';
import type { Sink } from './output/sink.ts';
import { parse } from './parser/parse.ts';
import type { Pipes } from './pipes.ts';
import { findPlaces, type Places } from './places.ts';

/** What the process gives to the command line. */
export interface Surroundings {
  /** Without the interpreter and the program. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Asked for only by commands that need them: opening stdin has effects. */
  readonly pipes: () => Pipes;
  /** Aborts at the first interruption. */
  readonly interrupted: AbortSignal;
}

/** The command line. @returns its exit code: 0, 1 failure, 2 usage, 3 engine unavailable; 130 when it was interrupted */
export async function main(surroundings: Surroundings): Promise<number> {
  const { argv, stdout, stderr, env, interrupted } = surroundings;
  let output = createOutput({ stdout, stderr, env, format: formatOf(argv), quiet: false });
  try {
    const parsed = parse(commands, groups, summary, argv[0] === '--version' ? ['version', ...argv.slice(1)] : argv);
    if ('text' in parsed) {
      output.line(parsed.text);
      return 0;
    }
    output = createOutput({ stdout, stderr, env, format: parsed.format, quiet: parsed.quiet });
    const exit = await parsed.command.run(parsed.input, createContext(surroundings, output));
    return exit ?? 0;
  } catch (error) {
    if (interrupted.aborted) return 130;
    return output.error(error);
  }
}

function createContext({ cwd, env, interrupted, pipes }: Surroundings, output: Context['output']): Context {
  let found: Promise<Places> | null = null;
  const places = (): Promise<Places> => (found ??= findPlaces(cwd, env));
  const onOtherVersion = (daemon: string): void =>
    output.note(`note: the daemon is of version ${daemon}, this command line of ${version}; \`holdfast daemon restart\` makes them one.`);
  return {
    cwd,
    env,
    output,
    interrupted,
    pipes,
    async completionScript(shell) {
      const { completionScript } = await import('./completion/script.ts');
      return completionScript(shell, commands, Object.keys(groups));
    },
    places,
    async api() {
      const { socket, logFile, startDaemon } = await places();
      return connect({ socket, logFile, startDaemon, onOtherVersion, onStart: () => output.progress({ message: 'Starting the daemon' }) });
    },
    async runningApi() {
      return connectIfRunning({ socket: (await places()).socket, onOtherVersion });
    },
  };
}

/** The format before the words were understood: a mistake in them is told in the form that was asked for. */
function formatOf(argv: readonly string[]): string {
  const at = argv.indexOf('--format');
  return argv.includes('--format=json') || (at >= 0 && argv[at + 1] === 'json') ? 'json' : 'text';
}
