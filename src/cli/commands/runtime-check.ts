import type { EngineCheck } from '../../api/contract/engines.ts';
import { HoldfastError } from '../../api/contract/errors.ts';
import { command } from '../command.ts';
import { definedEnv } from '../defined-env.ts';
import { span } from '../flags/duration.ts';
import { quietFlag } from '../flags/shared.ts';
import { table } from '../output/table.ts';
import { plainText } from '../output/terminal-text.ts';

type Candidate = EngineCheck['candidates'][number];

const TIMEOUT_MS = 30_000;
const HEAD = ['LOOKED FOR BY', 'ADDRESS', 'ENGINE', 'RESULT'];
const OUTCOMES: Readonly<Record<Candidate['outcome'], string>> = {
  answers: 'answers',
  absent: 'nothing there',
  refused: 'does not answer',
  'no-permission': 'no permission',
  'too-old': 'too old',
  'wrong-kind': 'another kind',
  unsupported: 'not supported',
};

export const runtimeCheckCommand = command({
  name: 'runtime check',
  summary: 'Show which container engines there are, and where images run',
  description:
    'Looks where `run` looks, in the same order, with the environment of this shell: DOCKER_HOST, CONTAINER_HOST, docker contexts, the usual sockets.\n' +
    'Exits with 0 when an engine answers, with 3 when none does',
  args: [],
  flags: {
    timeout: span('How long to look at most', '30s'),
    quiet: quietFlag('The exit code only'),
  },
  examples: ['holdfast runtime check', 'holdfast runtime check --format json'],
  async run({ flags }, { api, env, output, interrupted }) {
    const { candidates } = await (await api()).json<EngineCheck>({
      method: 'POST',
      path: '/v1/engines/check',
      body: { caller: { env: definedEnv(env) }, timeout_ms: Math.max(1, flags.timeout ?? TIMEOUT_MS) },
      signal: interrupted,
    });
    output.result({ candidates }, () => (flags.quiet ? '' : asText(candidates, (text) => output.paint('bold', text))));
    if (candidates.some(({ chosen }) => chosen)) return 0;
    return output.error(
      new HoldfastError('HF_RUNTIME_UNAVAILABLE', {
        what: 'No container engine answers',
        why: candidates.length === 0 ? 'there is nothing that points to one' : 'each way that was tried is listed with its result',
        fix: 'Start Docker or Podman, or say where one is with DOCKER_HOST. Servers as processes (`cmd://`, `npx://`, `uvx://`) need none.',
      }),
    );
  },
});

function asText(candidates: readonly Candidate[], paintHead: (text: string) => string): string {
  if (candidates.length === 0) return '';
  const rows = candidates.map(({ strategy, address, engine, outcome, detail, chosen }) => {
    const why = [OUTCOMES[outcome], ...(detail === '' ? [] : [detail])].join(': ');
    return [strategy, address ?? '-', engine === null ? '-' : `${engine.kind} ${engine.version}`, chosen ? 'images run here' : why].map(
      (cell) => plainText(cell).replaceAll('\n', ' '),
    );
  });
  return table(HEAD, rows, paintHead);
}
