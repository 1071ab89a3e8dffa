import type { Transport } from './spec.ts';

/** Where servers serve MCP unless they say otherwise. */
export const endpointPaths: Readonly<Record<Transport, string>> = { stdio: '', sse: '/sse', 'streamable-http': '/mcp' };
