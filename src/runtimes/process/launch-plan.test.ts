import { describe, expect, it } from 'vitest';
import type { WorkloadSpec } from '../../core/workload/spec.ts';
import { planLaunch } from './launch-plan.ts';

const marker = { instance: 'i', workload: 'w', generation: 2, unit: null };

function plan(
  transport: WorkloadSpec['transport'],
  port: number | null,
  given: { args?: string[]; env?: Record<string, string>; userEnv?: string[]; secretEnv?: string[] },
) {
  const launch = { file: '/bin/x', args: given.args ?? [], cwd: '/', env: given.env ?? {}, path: '/mcp' };
  const spec = { transport, launch, userEnv: given.userEnv ?? [], secretEnv: given.secretEnv ?? [] };
  return planLaunch(spec as unknown as WorkloadSpec, marker, port);
}

describe('planLaunch', () => {
  it('replaces {port} wherever it stands in arguments and values', () => {
    const { args, env } = plan('sse', 40_123, {
      args: ['--port={port}', '{port}:{port}', '$port'],
      env: { URL: 'http://x:{port}/{port}' },
    });
    expect(args).toEqual(['--port=40123', '40123:40123', '$port']);
    expect(env['URL']).toBe('http://x:40123/40123');
  });

  it('leaves a stdio server its arguments', () => {
    const { args, env } = plan('stdio', null, { args: ['{port}'], env: { A: '{port}' } });
    expect(args).toEqual(['{port}']);
    expect(env).toEqual({ A: '{port}', MCP_TRANSPORT: 'stdio', HOLDFAST_BACKEND: 'i/w/2' });
  });

  it('tells an HTTP server where to listen', () => {
    expect(plan('streamable-http', 5, {}).env).toEqual({
      MCP_TRANSPORT: 'streamable-http',
      MCP_HOST: '127.0.0.1',
      MCP_PORT: '5',
      FASTMCP_PORT: '5',
      HOLDFAST_BACKEND: 'i/w/2',
    });
  });

  it('puts transport variables above -e, and secrets above those', () => {
    const env = { MCP_PORT: '1', MCP_HOST: 'secret' };
    expect(plan('sse', 5, { env, userEnv: ['MCP_PORT'], secretEnv: ['MCP_HOST'] }).env).toMatchObject({
      MCP_PORT: '5',
      MCP_HOST: 'secret',
    });
  });

  it('hands a secret over as it is', () => {
    const env = { SECRET: 'a{port}', GIVEN: 'b{port}' };
    expect(plan('sse', 5, { env, userEnv: ['GIVEN'], secretEnv: ['SECRET', 'GIVEN'] }).env).toMatchObject({
      SECRET: 'a{port}',
      GIVEN: 'b5',
    });
  });

  it('lets nobody name another marker', () => {
    expect(plan('stdio', null, { env: { HOLDFAST_BACKEND: 'other' }, userEnv: ['HOLDFAST_BACKEND'] }).env['HOLDFAST_BACKEND']).toBe(
      'i/w/2',
    );
  });
});
