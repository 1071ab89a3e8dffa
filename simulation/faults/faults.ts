import type { Client } from '../clients/client.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Disk } from '../machine/disk.ts';
import type { Machine } from '../machine/machine.ts';
import { randomExit } from '../machine/process.ts';
import type { Random } from '../time/random.ts';
import type { User } from '../user/user.ts';
import type { World } from '../world.ts';
import { beginOutsideFaults } from './outside.ts';

/** What faults are done to. */
export interface Victims {
  readonly world: World;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly clients: readonly Client[];
  readonly user: User;
  daemon(): Daemon | null;
  /** Ends the daemon now (null), or at its n-th effect from now. */
  killDaemon(effects: number | null, reboot: boolean): void;
}

/** Lets the faults of the plan happen, each about as often as planned, until they are over. */
export function beginFaults(victims: Victims): void {
  const { world, machine, disk, user } = victims;
  const { faults } = world.plan;
  const repeat = (label: string, times: number, what: (random: Random) => void): void => {
    if (times <= 0) return;
    const random = world.random.fork(`fault-${label}`);
    const next = (): void => {
      world.time.after(random.wait((world.plan.minutes * 60_000) / times), () => {
        if (!world.faulty) return;
        what(random);
        next();
      });
    };
    next();
  };
  const victim = (random: Random): ReturnType<Machine['alive']>[number] | null => {
    const alive = machine.alive();
    return alive.length === 0 ? null : random.pick(alive);
  };

  repeat('kill', faults.kills, (random) => victim(random)?.die(randomExit(random)));
  repeat('hang', faults.hangs, (random) => {
    const process = victim(random);
    process?.freeze(random.magnitude(1_000, 300_000));
    const container = process && machine.containerOf(process);
    if (container) container.spared = false;
  });
  repeat('stray', faults.strayMessages, (random) => {
    const process = victim(random);
    if (!process) return;
    if (process.stdio && random.chance(0.3)) process.stdio.garble();
    process.server.stray(process.stdio ? [process.stdio.session] : [...(process.http?.sessions.values() ?? [])]);
  });
  repeat('reset', faults.resets, (random) => {
    const process = victim(random);
    if (process?.http) victims.daemon()?.network.break(process, (each) => each.chance(0.5), 'ECONNRESET');
  });
  repeat('soft-restart', faults.softRestarts, (random) => {
    const process = victim(random);
    // Where nobody notices that the server is another one, its 400 is taken for what it says.
    if (!process?.http?.listening || process.purpose.plan.server.lostStatus === 400) return;
    world.trace.note(process.name, 'begins anew inside');
    process.http.listening = false;
    process.http.forgetAll();
    victims.daemon()?.network.break(process, () => true, 'ECONNRESET');
    process.after(random.magnitude(5, 5_000), () => {
      if (process.http) process.http.listening = true;
    });
  });
  repeat('amnesia', faults.amnesia, (random) => {
    const process = victim(random);
    // A 400 of a server that was never replaced is taken for what it says.
    const sessions = process?.purpose.plan.server.lostStatus === 404 ? process.http?.sessions : undefined;
    if (sessions && sessions.size > 0) sessions.delete(random.pick([...sessions.keys()]));
  });
  repeat('runtime-away', faults.runtimeAway, (random) => {
    const daemon = victims.daemon();
    daemon?.awayUntil(world.time.monotonic() + random.magnitude(100, 120_000));
  });
  repeat('disk-full', faults.diskFull, (random) => {
    world.trace.note('disk', 'is full');
    disk.fullUntil = world.time.monotonic() + random.magnitude(10, 60_000);
  });
  repeat('clock-jump', faults.clockJumps, (random) => {
    const ms = random.pick([8 * 3_600_000, 8 * 3_600_000, 60_000, -60_000, -3_600_000]);
    world.trace.note('clock', `jumps by ${ms} ms`);
    world.time.jump(ms);
  });
  repeat('daemon-death', faults.daemonDeaths, (random) =>
    victims.killDaemon(random.chance(0.6) ? random.int(1, 40) : null, random.chance(0.1)),
  );
  repeat('drop-get', faults.dropGets, (random) =>
    random.pick(victims.clients).stream.drop(random.chance(faults.halfOpen) ? random.between(0, 5_000) : 0),
  );
  repeat('order', faults.orders, () => user.act());
  if (machine.engines.size > 0) beginOutsideFaults(victims, repeat);
}
