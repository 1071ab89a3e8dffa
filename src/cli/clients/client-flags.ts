import type { Argument } from '../command.ts';
import { choice, single, toggle } from '../flags/flag.ts';
import { usage } from '../usage.ts';

export const dryRunFlag = () => toggle('Only show what would change, as a diff; write nothing');

/** Several groups in one word. */
export const groupsFlag = (summary: string) =>
  single('GROUP,…', summary, (text, name): string[] => {
    const groups = text.split(',').map((group) => group.trim());
    if (groups.includes(''))
      throw usage(`${name} ${JSON.stringify(text)} names an empty group`, 'Separate groups by commas: --group work,home.');
    return [...new Set(groups)];
  });

export const clientRefreshFlag = () =>
  choice(['auto', 'always', 'never'], "When a crash takes the entries out for a moment; takes the place of the workloads' own");

export const clientArgument = (required: boolean, many: boolean): Argument => ({
  name: 'CLIENT',
  summary: many ? 'The AI clients, e.g. cursor vscode' : 'The AI client, e.g. cursor',
  required,
  many,
  completes: 'clients',
});

/** Path of a client at the control API. */
export const clientPath = (client: string, verb: string): string => `/v1/clients/${encodeURIComponent(client)}/${verb}`;
