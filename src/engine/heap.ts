/** A binary heap: whatever is first comes out first, however many wait behind it. */

export class Heap<Item> {
  readonly #items: Item[] = [];

  constructor(private readonly isBefore: (one: Item, other: Item) => boolean) {}

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    this.#items.push(item);
    let at = this.#items.length - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return first;
    this.#items[0] = last;
    this.#sink();
    return first;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const below = right < this.#items.length && this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(below, at)) return;
      at = below;
    }
  }

  #isBefore(one: number, other: number): boolean {
    return this.isBefore(this.#items[one] as Item, this.#items[other] as Item);
  }

  /** Swaps the two when the one is before the other. */
  #swapIfBefore(one: number, other: number): boolean {
    if (!this.#isBefore(one, other)) return false;
    const item = this.#items[one] as Item;
    this.#items[one] = this.#items[other] as Item;
    this.#items[other] = item;
    return true;
  }
}
