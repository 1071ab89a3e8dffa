#!/usr/bin/env node
import { runDaemon } from '../compose/run-daemon.ts';

process.exitCode = await runDaemon(process.argv.slice(2));
