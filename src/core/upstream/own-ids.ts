/** Ids of the requests that Holdfast sends to an HTTP backend in its own name: none is used twice (2025-11-25, basic, "Requests"). */
export class OwnIds {
  private count = 0;

  /** As JSON. */
  next(): string {
    this.count += 1;
    return `"hf-${this.count}"`;
  }
}
