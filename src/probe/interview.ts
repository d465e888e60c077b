/** Goes through the questions of one wire until they are answered, or nobody is there. */
import type { Account } from '../core/provider.js';
import type { Finding, Heard, Judgement, Question, WireName } from './finding.js';
import type { Line } from './line.js';

/** What one wire of a service is like. */
export interface Interview {
  readonly wire: WireName;
  /** Whether anything that was said is an answer of this wire. */
  readonly isSpoken: boolean;
  readonly isUsable: boolean;
  readonly findings: readonly Finding[];
}

export interface InterviewOptions {
  readonly line: Line;
  readonly account: Account;
  readonly wire: WireName;
  readonly questions: readonly Question[];
  readonly onFinding: (finding: Finding) => void;
}

/** Asks one wire. */
export async function interview(options: InterviewOptions): Promise<Interview> {
  const { line, account, wire, questions, onFinding } = options;
  const heard = new Map<string, Heard>();
  const findings: Finding[] = [];
  const add = (about: string, asked: string, [verdict, says]: Judgement) => {
    const finding: Finding = { wire, about, asked, verdict, says };
    findings.push(finding);
    onFinding(finding);
  };
  for (const question of questions) {
    const answers = [...heard.values()];
    if (line.stopped || isOver(answers)) break;
    if (question.isSubmit && hasBought(questions, heard)) continue;
    const answer = await line.ask(account, question);
    // Nobody was asked: the time was over while it waited.
    if (line.stopped && answer.said.sort === 'silence') break;
    heard.set(question.about, answer);
    add(question.about, question.asked, question.judge(answer, heard));
  }
  const answers = [...heard.values()];
  const isSpoken = answers.some(isAnswered);
  if (isSpoken)
    for (const [about, judgement] of overall(wire, answers)) add(about, 'all of these', judgement);
  return { wire, isSpoken, isUsable: isUsable(questions, findings), findings };
}

function isAnswered({ said }: Heard): boolean {
  return said.sort === 'done' || said.sort === 'refused';
}

/** No use in going on: the key is refused, nobody is there, or another wire is. */
function isOver(answers: readonly Heard[]): boolean {
  const [balance, second] = answers;
  if (!balance) return false;
  if (balance.said.sort === 'refused' && balance.said.code === 'auth') return true;
  if (balance.said.sort === 'silence') return true;
  if (second && !isAnswered(balance) && !isAnswered(second)) return true;
  return answers.filter(({ said }) => said.sort === 'silence').length > 1;
}

/** Whether a submit was taken although nothing in it could be solved: the next one might cost as well. */
function hasBought(questions: readonly Question[], heard: ReadonlyMap<string, Heard>): boolean {
  return questions.some(({ about, isSubmit }) => isSubmit && heard.get(about)?.said.sort === 'done');
}

function isUsable(questions: readonly Question[], findings: readonly Finding[]): boolean {
  const needed = questions.filter((question) => question.isNeeded);
  return needed.every(({ about }) => {
    const finding = findings.find((each) => each.about === about);
    return finding !== undefined && finding.verdict !== 'lacks';
  });
}

/** What only all answers together show. */
function overall(wire: WireName, answers: readonly Heard[]): (readonly [string, Judgement])[] {
  const refusals = answers.filter(({ said }) => said.sort === 'refused');
  const bodies = answers.flatMap(({ reply }) => (reply ? [reply.body] : []));
  return [
    ['HTTP status of errors', httpStatus(refusals)],
    wire === 'classic'
      ? ['space around answers', spaceAround(bodies)]
      : ['errorDescription', descriptions(refusals)],
  ];
}

function httpStatus(refusals: readonly Heard[]): Judgement {
  const statuses = [...new Set(refusals.map(({ reply }) => reply?.status))].sort();
  if (statuses.every((status) => status === 200)) return ['ok', 'Always 200.'];
  return ['odd', `${statuses.join(', ')}: the gateway reads the body first, your other clients may not.`];
}

function spaceAround(bodies: readonly string[]): Judgement {
  if (bodies.every((body) => body === body.trim())) return ['ok', 'None.'];
  return ['odd', 'Newlines or blanks: the gateway cuts them off, your other clients may not.'];
}

function descriptions(refusals: readonly Heard[]): Judgement {
  // Every refusal on this wire was read from a JSON object.
  const isDescribed = ({ reply }: Heard) => /"errorDescription"\s*:\s*"[^"]/.test(reply?.body ?? '');
  return refusals.every(isDescribed) ? ['ok', 'With every error.'] : ['odd', 'Not with every error.'];
}
