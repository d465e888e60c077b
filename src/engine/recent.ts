/** A few facts by name: the oldest make room for new ones. */

export class Recent<Value> {
  readonly #values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: Value): void {
    this.#values.delete(name);
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.most && oldest !== undefined) this.#values.delete(oldest);
  }

  /** What is known by that name, and then no more. */
  take(name: string): Value | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }
}
