#!/usr/bin/env node
import { runDaemon } from '../compose/run-daemon.ts';

// What may still hang (a server that cannot be ended) is not waited for: the next daemon sweeps it.
process.exit(await runDaemon(process.argv.slice(2)));
