import type { Container } from '../engine/container.ts';
import type { Engine } from '../engine/engine.ts';
import { killed } from '../machine/process.ts';
import type { Random } from '../time/random.ts';
import type { Victims } from './faults.ts';

type Repeat = (label: string, times: number, what: (random: Random) => void) => void;

/** What somebody else does to containers, and what engines and the ways to them do by themselves. */
export function beginOutsideFaults({ world, machine }: Victims, repeat: Repeat): void {
  const faults = world.plan.faults.engine;
  const engines = [...machine.engines.values()];
  const each = (random: Random, what: (engine: Engine, container: Container) => void): void => {
    const engine = random.pick(engines);
    const containers = engine.containers.filter((container) => container.there && container.workloadId !== null);
    if (engine.up && containers.length > 0) what(engine, random.pick(containers));
  };
  /** Nobody starts what is about to be stopped, and nobody who does so could say what should come of it. */
  const start = (engine: Engine, container: Container): void => {
    const intent = world.intents.of(container.workloadId ?? '');
    if (!engine.up || !world.faulty || intent?.desired !== 'running' || world.isBeingAsked(intent)) return;
    if (engine.start(container, null)) world.containers.startedByOther(intent.id);
  };

  repeat('outside-kill', faults.outsideKills, (random) =>
    each(random, (engine, container) => {
      world.containers.happened('stopped', container);
      engine.kill(container, killed, 'other');
    }),
  );
  repeat('outside-stop', faults.outsideStops, (random) =>
    each(random, (engine, container) => {
      world.containers.happened('stopped', container);
      engine.stop(container, 5_000, 'other');
    }),
  );
  repeat('outside-restart', faults.outsideRestarts, (random) => {
    const ms = random.magnitude(1, 1_000);
    each(random, (engine, container) => {
      world.containers.happened('stopped', container);
      engine.stop(container, 5_000, 'other', () => world.time.after(ms, () => start(engine, container)));
    });
  });
  repeat('outside-start', faults.outsideStarts, (random) => each(random, start));
  repeat('outside-removal', faults.outsideRemovals, (random) =>
    each(random, (engine, container) => {
      world.containers.happened('removed', container);
      engine.remove(container, 'other');
    }),
  );
  repeat('pause', faults.pauses, (random) => {
    const ms = random.magnitude(1_000, 300_000);
    each(random, (engine, container) => engine.pause(container, ms));
  });
  repeat('outage', faults.outages, (random) => {
    const engine = random.pick(engines);
    const ms = random.magnitude(10, 300_000);
    if (!engine.up) return;
    if (random.chance(0.4)) engine.shutDown();
    else engine.vanish();
    world.time.after(ms + 60, () => engine.comeBack(!faults.liveRestore));
  });
  repeat('attach-loss', faults.attachLosses, (random) => {
    const notice = random.chance(0.5) ? random.between(0, 20) : random.magnitude(20, 5_000);
    each(random, (_engine, container) => {
      container.spared = false;
      container.attachment?.lose(notice);
    });
  });
}
