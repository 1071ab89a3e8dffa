import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../../api/contract/errors.ts';
import { command } from '../command.ts';
import { textFlag, toggle } from '../flags/flag.ts';
import { mcpFlags, mcpTarget } from '../mcp/mcp-flags.ts';
import { withServer } from '../mcp/open-server.ts';
import { resultText } from '../mcp/result-text.ts';
import { usage } from '../usage.ts';

export const mcpCallCommand = command({
  name: 'mcp call',
  summary: 'Call a tool of a server',
  description: 'Exits with 1 when the tool reports an error',
  args: [{ name: 'TOOL', summary: 'Name of the tool', required: true }],
  flags: {
    ...mcpFlags,
    args: textFlag('JSON', 'Arguments of the tool, a JSON object'),
    argsFile: textFlag('FILE', 'File with them'),
    ignoreToolError: toggle('Exit with 0 although the tool reports an error'),
  },
  examples: [`holdfast mcp call echo --server everything --args '{"message":"hi"}'`],
  async run({ words: [tool = ''], flags }, context) {
    const { output, cwd } = context;
    const args = await toolArguments(flags.args, flags.argsFile, cwd);
    const result = await withServer(context, mcpTarget(flags), (client, options) =>
      client.callTool({ name: tool, arguments: args }, options),
    );
    output.result(result, () => resultText(result, output.terminal));
    if (result.isError !== true || flags.ignoreToolError) return 0;
    return output.error(new HoldfastError('HF_TOOL_ERROR', { what: `${tool} reported an error` }));
  },
});

/** @throws HF_USAGE */
async function toolArguments(given: string | undefined, file: string | undefined, cwd: string): Promise<Record<string, unknown>> {
  if (given !== undefined && file !== undefined) throw usage('--args and --args-file cannot be given together');
  const where = file === undefined ? '--args' : `--args-file ${file}`;
  const json =
    file === undefined ? (given ?? '{}') : await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => unreadable(where, error));
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw usage(`${where} is not JSON: ${error instanceof Error ? error.message : 'unknown'}`, `Write it as --args '{"name": "value"}'.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw usage(`${where} is not a JSON object`);
  return value as Record<string, unknown>;
}

function unreadable(where: string, error: unknown): never {
  throw usage(`${where} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}
