/** What is asked on in.php and res.php, as a table. */
import type { UpstreamReply, UpstreamRequest } from '../core/provider.js';
import type { Kind } from '../core/task.js';
import { CLASSIC_KINDS, classicCodes, toFields } from '../wire/classic.js';
import { readAccepted, readBalance, readPassed, readReported } from '../wire/classic-answers.js';
import type { Question } from './finding.js';
import { balance, known, offered, plainly, refused, refusedAs, sameAsForm } from './judges.js';

/** No service has a call, a method or a key of this name. */
const NOBODYS = 'captcha_gateway_probe';
const NOBODYS_KEY = 'f'.repeat(32);
/** Long ago, and somebody else's. */
const NOBODYS_ID = '1';

const JSON_MODE = { json: '1' } as const;

function res(query: Readonly<Record<string, string>>): UpstreamRequest {
  return { method: 'GET', path: '/res.php', key: 'query.key', query };
}

function form(fields: Readonly<Record<string, string>>): UpstreamRequest {
  return { method: 'POST', path: '/in.php', key: 'form.key', form: fields };
}

/** One answer for each id, joined with pipes; anything else is read as a single answer. */
function readSeveral(reply: UpstreamReply): unknown {
  const answers = reply.body.trim().split('|');
  const isSeveral = answers.length === 2 && answers.every((answer) => classicCodes.find(answer));
  return isSeveral ? answers : readPassed(reply);
}

const poll = { read: (reply: UpstreamReply) => readPassed(reply) } as const;
const submit = { read: readAccepted, isSubmit: true } as const;
const probeMethod = { method: NOBODYS } as const;

/** In the order in which they are asked: who has no answer to the first two does not speak this wire. */
export const CLASSIC_QUESTIONS: readonly Question[] = [
  {
    about: 'balance',
    asked: 'res.php action=getbalance json=1',
    request: res({ action: 'getbalance', ...JSON_MODE }),
    read: readBalance,
    judge: balance,
    isNeeded: true,
    isBalance: true,
  },
  {
    about: 'unknown id',
    asked: 'res.php action=get id=1 json=1',
    request: res({ action: 'get', id: NOBODYS_ID, ...JSON_MODE }),
    ...poll,
    judge: refusedAs(['task_not_found'], 'a lost task is polled until it is given up'),
    isNeeded: true,
  },
  {
    about: 'unknown id, plain',
    asked: 'res.php action=get id=1',
    request: res({ action: 'get', id: NOBODYS_ID }),
    ...poll,
    judge: plainly(refusedAs(['task_not_found'], 'a lost task is polled until it is given up')),
  },
  {
    about: 'unknown call',
    asked: `res.php action=${NOBODYS}`,
    request: res({ action: NOBODYS, ...JSON_MODE }),
    ...poll,
    judge: refused,
  },
  {
    about: 'get2',
    asked: 'res.php action=get2 id=1 json=1',
    request: res({ action: 'get2', id: NOBODYS_ID, ...JSON_MODE }),
    ...poll,
    judge: offered,
  },
  {
    about: 'ids',
    asked: 'res.php action=get ids=1,2',
    request: res({ action: 'get', ids: '1,2' }),
    read: readSeveral,
    judge: ({ said }) => {
      if (said.sort === 'done') return ['ok', 'One answer for each id.'];
      return [
        'lacks',
        said.sort === 'refused' ? `Says ${said.word} instead of one answer for each.` : said.detail,
      ];
    },
  },
  {
    about: 'report',
    asked: 'res.php action=reportgood id=1 json=1',
    request: res({ action: 'reportgood', id: NOBODYS_ID, ...JSON_MODE }),
    read: readReported,
    judge: offered,
  },
  {
    about: 'submit without fields',
    asked: 'POST in.php json=1',
    request: form(JSON_MODE),
    ...submit,
    judge: refused,
    isNeeded: true,
  },
  {
    about: 'unknown method',
    asked: `POST in.php method=${NOBODYS}`,
    request: form({ ...probeMethod, ...JSON_MODE }),
    ...submit,
    judge: refusedAs(['unsupported'], 'a kind it does not solve is not told from a fault of your client'),
  },
  {
    about: 'submit in plain',
    asked: `POST in.php method=${NOBODYS} without json`,
    request: form(probeMethod),
    ...submit,
    judge: plainly(sameAsForm),
  },
  {
    about: 'submit as query',
    asked: `GET in.php method=${NOBODYS}`,
    request: {
      method: 'GET',
      path: '/in.php',
      key: 'query.key',
      query: { ...probeMethod, ...JSON_MODE },
    },
    ...submit,
    judge: sameAsForm,
  },
  {
    about: 'submit as JSON',
    asked: `POST in.php with a JSON body`,
    request: { method: 'POST', path: '/in.php', key: 'json.key', json: { ...probeMethod, json: 1 } },
    ...submit,
    judge: sameAsForm,
  },
  {
    about: 'submit as multipart',
    asked: `POST in.php as multipart`,
    request: {
      method: 'POST',
      path: '/in.php',
      key: 'multipart.key',
      multipart: { ...probeMethod, ...JSON_MODE },
    },
    ...submit,
    judge: sameAsForm,
  },
];

/** Asked last: a wrong key may bring a ban, and balance calls need time between them. */
export const CLASSIC_LAST: readonly Question[] = [
  {
    about: 'wrong key',
    asked: 'res.php action=get with a wrong key',
    request: {
      ...res({ action: 'get', id: NOBODYS_ID, key: NOBODYS_KEY, ...JSON_MODE }),
      key: 'none',
    },
    ...poll,
    judge: refusedAs(['auth'], 'a key that is withdrawn is not noticed here'),
  },
  {
    about: 'balance, plain',
    asked: 'res.php action=getbalance',
    request: res({ action: 'getbalance' }),
    read: readBalance,
    judge: plainly(balance),
    isBalance: true,
  },
];

/** Whether the service knows a kind: its method without any input, which costs nothing. */
export function classicKindQuestion(kind: Kind): Question | undefined {
  const row = CLASSIC_KINDS[kind];
  if (!row) return undefined;
  const fields = toFields({ kind }, row);
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return {
    about: `kind ${kind}`,
    asked: `POST in.php ${shown.join(' ')}`,
    request: form({ ...fields, ...JSON_MODE }),
    ...submit,
    judge: known,
  };
}
