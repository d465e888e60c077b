/** Quantiles from counts on a logarithmic scale. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sketch } from '../../src/core/sketch.js';

const times = fc.array(fc.integer({ min: 0, max: 4_000_000 }), { minLength: 1, maxLength: 200 });
const share = fc.constantFrom(0, 0.01, 0.5, 0.95, 0.99, 1);

function sketchOf(ms: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const each of ms) sketch.add(each);
  return sketch;
}

/** By hand: sorted, the first that so many do not exceed. */
function exact(ms: readonly number[], part: number): number {
  const sorted = [...ms].sort((one, other) => one - other);
  return sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1] ?? Number.NaN;
}

describe('a sketch', () => {
  it('knows nothing of no times', () => {
    expect(new Sketch().quantile(0.5)).toBeNull();
  });

  it('tells quantiles within 1 % and half a millisecond', () => {
    const property = fc.property(times, share, (ms, part) => {
      const told = sketchOf(ms).quantile(part) ?? Number.NaN;
      const is = exact(ms, part);
      expect(Math.abs(told - is)).toBeLessThanOrEqual(is * 0.01 + 0.5);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('is the same added up from parts, kept and read again', () => {
    const property = fc.property(times, times, (some, others) => {
      const sum = sketchOf(some);
      sum.addAll(Sketch.from(JSON.parse(JSON.stringify(sketchOf(others)))));
      expect(sum.toJSON()).toEqual(sketchOf([...some, ...others]).toJSON());
      expect(sum.quantile(0.5)).toBe(sketchOf([...some, ...others]).quantile(0.5));
    });
    fc.assert(property);
  });

  it('keeps a million times in few numbers', () => {
    const sketch = new Sketch();
    for (let ms = 1; ms <= 1_000_000; ms += 1) sketch.add(ms);
    expect(sketch.toJSON().length).toBeLessThan(3_500);
    expect(sketch.quantile(0.95)).toBeGreaterThan(940_000);
  });

  it('is written in few words', () => {
    expect(sketchOf([]).toJSON()).toBe('');
    expect(sketchOf([0, 1, 1, 2]).toJSON()).toBe('-1 1*2 z');
    expect(Sketch.from('-1 1*2 z').quantile(1)).toBe(2);
  });

  it('counts a clock that was set back as no time', () => {
    expect(sketchOf([-5]).quantile(0.5)).toBe(0);
  });
});
