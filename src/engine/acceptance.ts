/** How many of an account's answers worked, by what clients report: for one kind, site by site. */

/** Sites whose reports are kept apart; the one that was heard of longest ago goes first. */
const MOST_HOSTS = 100;
/** Beyond this many reports the old ones lose half their weight. */
const MOST_WEIGHT = 200;
/** A kind nobody has reported on is taken for good; a site for as good as its kind. */
const KIND_PRIOR = { rate: 0.95, weight: 10 } as const;
const HOST_PRIOR_WEIGHT = 5;

interface Tally {
  readonly good: number;
  readonly bad: number;
}

/** What an acceptance is made of, to be kept beyond the process. */
export interface AcceptanceFigures {
  readonly all: Tally;
  readonly hosts: readonly (readonly [host: string, tally: Tally])[];
}

const NOTHING: Tally = { good: 0, bad: 0 };

export class Acceptance {
  #all = NOTHING;
  readonly #hosts = new Map<string, Tally>();
  /** Something was added since `figures` was asked for last. */
  hasChanged = false;

  /** `host`: where the captcha stood; undefined for kinds without a page. */
  reported(host: string | undefined, isAccepted: boolean): void {
    this.hasChanged = true;
    this.#all = counted(this.#all, isAccepted);
    if (host === undefined) return;
    const tally = counted(this.#hosts.get(host) ?? NOTHING, isAccepted);
    this.#hosts.delete(host);
    this.#hosts.set(host, tally);
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size > MOST_HOSTS && oldest !== undefined) this.#hosts.delete(oldest);
  }

  /** The share of answers that work at this site, from 0 to 1, as far as it is known. */
  rateAt(host: string | undefined): number {
    const ofKind = rate(this.#all, KIND_PRIOR.rate, KIND_PRIOR.weight);
    const there = host === undefined ? undefined : this.#hosts.get(host);
    return there ? rate(there, ofKind, HOST_PRIOR_WEIGHT) : ofKind;
  }

  figures(): AcceptanceFigures {
    this.hasChanged = false;
    return { all: this.#all, hosts: [...this.#hosts] };
  }

  /** Takes what an earlier process has learnt, where nothing is known yet. */
  restore({ all, hosts }: AcceptanceFigures): void {
    if (this.#all !== NOTHING) return;
    this.#all = all;
    for (const [host, tally] of hosts) this.#hosts.set(host, tally);
  }
}

function counted({ good, bad }: Tally, isAccepted: boolean): Tally {
  const weight = good + bad >= MOST_WEIGHT ? 0.5 : 1;
  return { good: good * weight + (isAccepted ? 1 : 0), bad: bad * weight + (isAccepted ? 0 : 1) };
}

function rate({ good, bad }: Tally, prior: number, weight: number): number {
  return (good + prior * weight) / (good + bad + weight);
}
