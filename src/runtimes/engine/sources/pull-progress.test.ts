import { expect, it } from 'vitest';
import { PullProgress } from './pull-progress.ts';

it('makes a few lines of what is said about each layer', () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new PullProgress(
    'x',
    (line) => lines.push(line),
    () => now,
  );
  const say = (layer: string | null, status: string, current: number | null = null, total: number | null = null): void => {
    progress.step({ layer, status, current, total });
  };
  say('latest', 'Pulling from library/x');
  say('a', 'Pulling fs layer');
  say('b', 'Already exists');
  say('a', 'Downloading', 500_000, 2_000_000);
  now = 1_000;
  say('a', 'Downloading', 1_000_000, 2_000_000);
  now = 1_100;
  say('a', 'Download complete');
  now = 2_000;
  say('a', 'Pull complete');
  say(null, 'Digest: sha256:…');
  expect(lines).toEqual(['pulling x: 0 of 1 layers', 'pulling x: 1 of 2 layers, 1.0 of 2.0 MB', 'pulling x: 2 of 2 layers, 2.0 of 2.0 MB']);
});
