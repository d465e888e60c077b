/** Judges of answers: pure, and the same for both wires. */
import { ERROR_POLICY, type ErrorCode } from '../core/errors.js';
import type { Judge, Judgement, Memory, Said } from './finding.js';

/** What an answer says, as the beginning of a sentence. */
export function told(said: Said): string {
  if (said.sort === 'refused') return said.word === '' ? 'Says no without a code' : `Says ${said.word}`;
  return said.sort === 'done' ? 'Takes it' : said.detail.replace(/\.$/, '');
}

function lacking(said: Said): Judgement {
  return ['lacks', `${told(said)}.`];
}

function isAnswer(said: Said): said is Extract<Said, { sort: 'done' | 'refused' }> {
  return said.sort === 'done' || said.sort === 'refused';
}

/** A refusal with one of these meanings is right; another one has the consequence that `otherwise` names. */
export function refusedAs(codes: readonly ErrorCode[], otherwise: string): Judge {
  return ({ said }) => {
    if (!isAnswer(said)) return lacking(said);
    if (said.sort === 'refused' && codes.includes(said.code)) return ['ok', `${told(said)}.`];
    return ['odd', `${told(said)}: ${otherwise}.`];
  };
}

/** Any refusal with a code of its own is right. */
export const refused: Judge = ({ said }) => {
  if (!isAnswer(said)) return lacking(said);
  return [said.sort === 'refused' ? 'ok' : 'odd', `${told(said)}.`];
};

/** The same, where plain text was asked for. */
export function plainly(judge: Judge): Judge {
  return (heard, memory) => {
    const [verdict, says] = judge(heard, memory);
    if (verdict === 'lacks' || !heard.reply?.body.trim().startsWith('{')) return [verdict, says];
    return ['odd', `${told(heard.said)}, in JSON although plain text was asked.`];
  };
}

/** A balance that reads as a number. */
export const balance: Judge = ({ said }) => {
  if (said.sort === 'refused' && said.code === 'auth') return ['lacks', `${told(said)}: the key is refused.`];
  if (said.sort !== 'done') return lacking(said);
  if (typeof said.value === 'number') return ['ok', `The account holds ${said.value}.`];
  return ['odd', 'The balance is not a number: no hours until it is empty, no way back from zero balance.'];
};

/** A call that not every service has: it is there when it is answered otherwise than a call nobody has. */
export const offered: Judge = ({ said }, memory) => {
  if (!isAnswer(said)) return lacking(said);
  if (said.sort === 'done') return ['ok', 'Answers it.'];
  if (said.word === wordOf(memory, 'unknown call'))
    return ['lacks', `${told(said)}, as to any unknown call.`];
  return [said.code === 'unsupported' ? 'lacks' : 'ok', `${told(said)}.`];
};

/** The parameters arrive in this form of body when the refusal is the same as in the usual one. */
export const sameAsForm: Judge = ({ said }, memory) => {
  if (!isAnswer(said)) return lacking(said);
  const usual = wordOf(memory, 'unknown method');
  if (said.sort === 'refused' && said.word === usual) return ['ok', `${told(said)}, as to a form.`];
  return ['lacks', `${told(said)}${usual === undefined ? '' : `, but ${usual} to the same form`}.`];
};

/** Whether a kind is known: without its inputs it is refused for them, and not as an unknown method is. */
export const known: Judge = ({ said }, memory) => {
  if (!isAnswer(said)) return lacking(said);
  if (said.sort === 'done') return ['odd', 'Takes a task without inputs; it may have been charged.'];
  if (said.code === 'unsupported') return ['lacks', `${told(said)}.`];
  if (said.word === wordOf(memory, 'unknown method'))
    return ['odd', `${told(said)}, as to any unknown method: it cannot be told.`];
  if (ERROR_POLICY[said.code].blame === 'caller') return ['ok', `${told(said)}: it is known.`];
  return ['odd', `${told(said)}: it cannot be told.`];
};

function wordOf(memory: Memory, about: string): string | undefined {
  const said = memory.get(about)?.said;
  return said?.sort === 'refused' ? said.word : undefined;
}
