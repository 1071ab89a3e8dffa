// A stdio MCP server for tests, made with the official SDK 1: see fixture-conduct.mjs for what it can be told and what it writes down.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { boot, readConduct } from './fixture-conduct.mjs';
import { connectWatched, createFixture } from './fixture-tools.mjs';

const conduct = readConduct();
await boot(conduct);
if (conduct.deaf === true) process.stdin.resume();
else await connectWatched(createFixture(conduct), new StdioServerTransport(), conduct);
