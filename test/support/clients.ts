import { type ClientOptions, SDKS, type Sdk, type TestClient } from './client.ts';
import type { Program } from './home.ts';
import { connectNew } from './new-client.ts';
import { connectOld } from './old-client.ts';
import { until } from './until.ts';

export type { ClientOptions, Sdk, TestClient } from './client.ts';
export { failure, SDKS } from './client.ts';

/** Connects an official client to a URL of the gateway. */
export function connect(sdk: Sdk, url: string, options: ClientOptions = {}): Promise<TestClient> {
  return sdk === 'old' ? connectOld(url, options) : connectNew(url, options);
}

/** Connects an official client to a program's stdin and stdout. */
export function connectStdio(sdk: Sdk, stdio: Program, options: ClientOptions = {}): Promise<TestClient> {
  return connect(sdk, 'http://unused.invalid/', { ...options, stdio });
}

/** One client of each SDK. */
export function connectEach(url: string, options: ClientOptions = {}): Promise<TestClient[]> {
  return Promise.all(SDKS.map((sdk) => connect(sdk, url, options)));
}

export async function closeAll(clients: readonly TestClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

/** Waits until the client's GET stream is open. */
export async function untilListening(client: TestClient): Promise<void> {
  await until('the GET stream is open', () => client.fetched.some(({ verb, status }) => verb === 'GET' && status === 200));
}
