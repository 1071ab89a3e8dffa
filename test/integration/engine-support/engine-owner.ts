// Starts a private engine, says where, and stays until it is killed.
import { startEngine } from '../../support/engine/private-engine.ts';

const kind = process.argv[2] === 'podman' ? 'podman' : 'docker';
const { folder, pid } = await startEngine(kind);
process.stdout.write(`${JSON.stringify({ folder, pid })}\n`);
setInterval(() => {}, 60_000);
