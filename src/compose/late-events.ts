import type { GatewayEvents } from '../core/ports/gateway.ts';

/** The gateway is made before the control loops that it reports to: what it says until they are there is lost, and nothing runs yet. */
export class LateEvents implements GatewayEvents {
  private target: GatewayEvents | null = null;

  bind(target: GatewayEvents): void {
    this.target = target;
  }

  needBackend: GatewayEvents['needBackend'] = (...of) => this.target?.needBackend(...of);
  releaseBackend: GatewayEvents['releaseBackend'] = (...of) => this.target?.releaseBackend(...of);
  connectionLost: GatewayEvents['connectionLost'] = (...of) => this.target?.connectionLost(...of);
  connectionDoubted: GatewayEvents['connectionDoubted'] = (...of) => this.target?.connectionDoubted(...of);
  cutOff: GatewayEvents['cutOff'] = (...of) => this.target?.cutOff(...of);
}
