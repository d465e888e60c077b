/** A list that keeps only its latest entries. */
export class Ring<Entry> {
  readonly #entries: Entry[] = [];
  #next = 0;

  constructor(readonly size: number) {}

  push(entry: Entry): void {
    if (this.size === 0) return;
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.size;
  }

  /** Oldest first. */
  list(): Entry[] {
    if (this.#entries.length < this.size) return [...this.#entries];
    return [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
  }
}
