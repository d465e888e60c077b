/** Buys one task of a kind and follows it to its end, within the pace of the account. */
import { demoTask } from '../check/starter.js';
import type { Clock } from '../core/clock.js';
import type { Accepted, Account, Solved, UpstreamTask } from '../core/provider.js';
import type { Kind, Task } from '../core/task.js';
import type { Finding, Heard, Judgement, WireName } from './finding.js';
import { told } from './judges.js';
import type { Line } from './line.js';

export interface Buyer {
  readonly line: Line;
  readonly clock: Clock;
  readonly account: Account;
  readonly wire: WireName;
}

/** What one bought task shows; a kind without a lasting public input is not bought. */
export async function buy({ line, clock, account, wire }: Buyer, kind: Kind): Promise<Finding> {
  const task = demoTask(kind);
  const [verdict, says] = task ? await solve({ line, clock, account, kind, task }) : NO_INPUT;
  return { wire, about: `solve ${kind}`, asked: 'one task, bought', verdict, says };
}

const NO_INPUT: Judgement = ['odd', 'Not bought: no public captcha of this kind has inputs that last.'];

interface Purchase extends Omit<Buyer, 'wire'> {
  readonly kind: Kind;
  readonly task: Task;
}

async function solve(purchase: Purchase): Promise<Judgement> {
  const { line, clock, account, task } = purchase;
  const { submit } = account.provider;
  await line.waitUntil(0);
  const sent = await line.send(account, {
    request: submit.ask(task),
    read: (reply) => submit.read(reply, task),
  });
  if (sent.said.sort !== 'done') return ['lacks', `The submit: ${told(sent.said)}.`];
  const acceptedAt = clock.now();
  const { upstreamId, solved } = sent.said.value as Accepted;
  if (solved) return ['ok', `Solved inside the submit. ${describe(solved)}`];
  if (upstreamId === null) return ['lacks', 'Accepted without an id.'];
  const asked = await poll(purchase, { upstreamId, task });
  const form = `The id is ${typeof upstreamId === 'number' ? 'a number' : 'text'}.`;
  const seconds = ((clock.now() - acceptedAt) / 1_000).toFixed(1);
  if (asked === undefined) return ['lacks', `${form} Not solved within ${seconds} s.`];
  if (asked.said.sort !== 'done') return ['lacks', `${form} After ${seconds} s: ${told(asked.said)}.`];
  return ['ok', `${form} Solved after ${seconds} s. ${describe(asked.said.value as Solved)}`];
}

/** The first answer that is not "not ready"; undefined when the time or the polls are used up. */
async function poll(purchase: Purchase, bought: UpstreamTask): Promise<Heard | undefined> {
  const { line, clock, account, kind } = purchase;
  const { poll: exchange } = account.provider;
  const { firstPollMs, pollEveryMs, maxPolls, giveUpMs } = account.timing(kind);
  const request = exchange.ask(bought);
  const giveUpAt = clock.now() + giveUpMs;
  let at = clock.now() + firstPollMs;
  for (let polls = 0; polls < maxPolls && at <= giveUpAt && !line.stopped; polls += 1) {
    await line.waitUntil(at);
    if (line.stopped) return undefined;
    at = clock.now() + pollEveryMs;
    const heard = await line.send(account, { request, read: (reply) => exchange.read(reply, bought) });
    const isPending = heard.said.sort === 'done' && heard.said.value === undefined;
    // An answer that got lost says nothing about the task.
    if (!isPending && heard.said.sort !== 'silence') return heard;
  }
  return undefined;
}

function describe({ solution, costUsd }: Solved): string {
  const cost = costUsd === undefined ? 'The cost is not told' : `It cost ${costUsd} USD`;
  return `The answer has ${Object.keys(solution).join(', ')}. ${cost}.`;
}
