import type { VersionAnswer } from '../../api/contract/daemon.ts';
import { version } from '../../api/contract/version.ts';
import { command } from '../command.ts';

export const versionCommand = command({
  name: 'version',
  summary: 'Show the version of this program, and of the daemon if it runs',
  args: [],
  flags: {},
  examples: ['holdfast version'],
  async run(_input, { runningApi, output }) {
    // A broken home is no reason not to say one's own version.
    const api = await runningApi().catch(() => null);
    const daemon = (await api?.json<VersionAnswer>({ method: 'GET', path: '/v1/version' }))?.version ?? null;
    output.result({ version, daemon, node: process.version }, () =>
      daemon === null || daemon === version ? `holdfast ${version}` : `holdfast ${version} (daemon ${daemon})`,
    );
  },
});
