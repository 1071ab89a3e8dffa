import { expect, it } from 'vitest';
import { isFinal } from '../../../core/supervisor/failures.ts';
import { answerError, type Subject } from '../client/http/answer-error.ts';
import { engineFailureOf } from './container-errors.ts';

it.each<[string, Subject, number, string, boolean]>([
  ['a bad mount, on Docker', 'create', 400, 'invalid mount config for type "bind": bind source path does not exist: /x', true],
  ['a bad mount at the start, on Podman', 'start', 500, 'runc: error mounting "/tmp" to rootfs at "/proc": permission denied', true],
  ['a program that is not there', 'start', 400, 'exec: "nosuch": executable file not found in $PATH', true],
  ['a limit that it does not take', 'create', 400, 'Minimum memory limit allowed is 6MB', true],
  ['a user that the image does not have', 'start', 500, 'unable to find user nobody-knows: no matching entries in passwd file', true],
  ['a full disk', 'start', 500, 'mkdir /var/lib/docker/x: no space left on device', false],
  ['no memory', 'start', 400, 'OCI runtime create failed: fork: cannot allocate memory', false],
  ['what nobody understands', 'start', 500, 'something went wrong', false],
  ['a port that is taken', 'start', 500, 'Bind for 127.0.0.1:80 failed: port is already allocated', false],
])('%s is refused for good or for now', (_what, subject, status, message, final) => {
  const error = engineFailureOf(answerError(subject, 'start the container', status, JSON.stringify({ message })), 'weather');
  expect(isFinal(error)).toBe(final);
});
