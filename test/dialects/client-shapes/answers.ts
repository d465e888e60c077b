/** Answers that existing clients survive: HTTP 200, their own words, nothing more and nothing less. */
import {
  CREATED,
  FAILED,
  FIELDS,
  get,
  IMAGE,
  IMAGE_SOLVED,
  JSON_TYPE,
  postForm,
  postJson,
  QUERY,
  type Shape,
  SOLVED,
  TASK,
} from './shape.js';

const BROKE = { throws: { code: 'zero_balance' } } as const;
const POLL = '/res.php?key={KEY}&action=get&id=1200001';
const RESULT = postJson('/getTaskResult', { clientKey: '{KEY}', taskId: 1200001 });
const CREATE = postJson('/createTask', { clientKey: '{KEY}', task: TASK });
const BROKE_JSON =
  '{"errorId":1,"errorCode":"ERROR_ZERO_BALANCE","errorDescription":"The accounts are out of money"}';
const SOLVED_JSON =
  '{"errorId":0,"status":"ready","solution":{"gRecaptchaResponse":"03AGdBq25-token","token":"03AGdBq25-token"},' +
  '"cost":"0.002900","ip":"0.0.0.0","createTime":1767225600,"endTime":1767225621,"solveCount":1}';

/** Clients that lose the code, or try again in silence, unless in.php refuses with HTTP 200. */
const CLASSIC_REFUSED = [
  '2captcha-python',
  'solvecaptcha-python',
  '@infosimples/node_two_captcha',
  'captcha_solver (lorien)',
  '2captcha-cpp',
  '2captcha-java',
].map(
  (name): Shape => ({
    client: `${name}: no balance is said with HTTP 200`,
    sends: postForm('/in.php', FIELDS),
    gateway: BROKE,
    hears: 'ERROR_ZERO_BALANCE',
  }),
);

const CLASSIC_REFUSED_JSON = ['rucaptcha-2captcha', 'unicaps', '2captcha-ruby'].map(
  (name): Shape => ({
    client: `${name}: no balance is said with HTTP 200, as JSON`,
    sends: postJson('/in.php', { ...FIELDS, json: 1 }),
    gateway: BROKE,
    hears: '{"status":0,"request":"ERROR_ZERO_BALANCE","error_text":"The accounts are out of money"}',
    as: JSON_TYPE,
  }),
);

const JSON_REFUSED = [
  'anticaptchaofficial (JS)',
  'capmonster clients (JS, Python, Go)',
  'unicaps',
  'python3-anticaptcha',
  'python3-capsolver',
  'node-capmonster',
  'cloudscraper, which acts on errorId 1 only',
  'capmonster client-php, which acts on errorId 1 only',
  'python-anticaptcha, which calls a stranger on errorId 11',
  'anticaptchaofficial (Python), which needs errorDescription',
].map(
  (name): Shape => ({
    client: `${name}: no balance is said with HTTP 200 and errorId 1`,
    sends: CREATE,
    gateway: BROKE,
    hears: BROKE_JSON,
    as: JSON_TYPE,
  }),
);

const CAPSOLVER_REFUSED = ['capsolver-npm', 'capsolver (official, Python)', 'capsolver-go'].map(
  (name): Shape => ({
    client: `${name}: no balance is said with HTTP 200 and errorId 1`,
    sends: postJson('/for/capsolver/createTask', { clientKey: '{KEY}', task: TASK }),
    gateway: BROKE,
    hears: BROKE_JSON,
    as: JSON_TYPE,
  }),
);

const WAITING: readonly Shape[] = [
  {
    client: '2captcha-python, lorien, gotlium, 2captcha-go: CAPCHA_NOT_READY, so spelled, without a newline',
    sends: get(POLL),
    hears: 'CAPCHA_NOT_READY',
  },
  {
    client: '@2captcha/captcha-solver: CAPCHA_NOT_READY as JSON',
    sends: get(`${POLL}&json=1`),
    hears: '{"status":0,"request":"CAPCHA_NOT_READY"}',
    as: JSON_TYPE,
  },
  {
    client: 'capsolver-python, anticaptchaofficial, nuveo, captchatools-go: queued is processing, never idle',
    sends: RESULT,
    gateway: { record: { status: 'queued' } },
    hears: '{"errorId":0,"status":"processing"}',
    as: JSON_TYPE,
  },
  {
    client: 'capsolver-go: the id is in every answer, the next poll takes it from there',
    sends: RESULT,
    gateway: { record: { origin: { dialect: 'json', flavour: 'capsolver' } } },
    hears: '{"errorId":0,"status":"processing","taskId":"1200001"}',
    as: JSON_TYPE,
  },
];

const PLAIN_OR_JSON: readonly Shape[] = [
  {
    client: 'puppeteer-extra: plain text, no newline',
    sends: get(POLL),
    gateway: SOLVED,
    hears: 'OK|03AGdBq25-token',
  },
  {
    client: '2captcha-csharp, 2captcha-php, 2captcha-java: json=0 is plain text',
    sends: get(`${POLL}&json=0`),
    gateway: FAILED,
    hears: 'ERROR_CAPTCHA_UNSOLVABLE',
  },
  {
    client: 'rucaptcha-2captcha: a JSON answer’s request is text',
    sends: get(`${POLL}&json=1`),
    gateway: SOLVED,
    hears: '{"status":1,"request":"03AGdBq25-token"}',
    as: JSON_TYPE,
  },
  {
    client: 'rucaptcha-2captcha: an error has error_text',
    sends: get(`${POLL}&json=1`),
    gateway: FAILED,
    hears: '{"status":0,"request":"ERROR_CAPTCHA_UNSOLVABLE","error_text":"The captcha could not be solved"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools-go: the balance of json=1 is text',
    sends: get('/res.php?key={KEY}&action=getbalance&json=1'),
    gateway: { balanceUsd: 2.5 },
    hears: '{"status":1,"request":"2.5"}',
    as: JSON_TYPE,
  },
  {
    client: '2captcha-go: the balance in plain text is a bare number',
    sends: get('/res.php?key={KEY}&action=getbalance'),
    gateway: { balanceUsd: 2.5 },
    hears: '2.5',
  },
  {
    client: 'capmonstercloud-client-go: getBalance is a number',
    sends: postJson('/getBalance', { clientKey: '{KEY}' }),
    gateway: { balanceUsd: 2.5 },
    hears: '{"errorId":0,"balance":2.5}',
    as: JSON_TYPE,
  },
];

const MEMBERS: readonly Shape[] = [
  {
    client: 'python3-anticaptcha: createTask holds errorId and taskId, no status',
    sends: CREATE,
    hears: CREATED,
    as: JSON_TYPE,
  },
  {
    client: 'python-rucaptcha: getTaskResult holds the known members, no taskId',
    sends: RESULT,
    gateway: SOLVED,
    hears: SOLVED_JSON,
    as: JSON_TYPE,
  },
  {
    client: 'capsolver (official, Python): createTask has a status',
    sends: postJson('/for/capsolver/createTask', { clientKey: '{KEY}', task: TASK }),
    hears: '{"errorId":0,"status":"idle","taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'python3-capsolver: a failure says status failed',
    sends: RESULT,
    gateway: { record: { origin: { dialect: 'json', flavour: 'capsolver' }, error: { code: 'unsolvable' } } },
    hears:
      '{"errorId":1,"errorCode":"ERROR_CAPTCHA_UNSOLVABLE","errorDescription":"The captcha could not be solved",' +
      '"status":"failed","taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'capsolver-npm: an image is solved inside createTask',
    sends: postJson('/createTask', {
      ...{ clientKey: '{KEY}', appId: 'AF0F28E5' },
      task: { type: 'ImageToTextTask', body: IMAGE },
    }),
    gateway: IMAGE_SOLVED,
    hears: '{"errorId":0,"status":"ready","solution":{"text":"w9h5k"},"taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools-go: and is polled for all the same',
    sends: postJson('/getTaskResult', { clientKey: '{KEY}', taskId: '1200001' }),
    gateway: {
      record: { ...IMAGE_SOLVED.record, origin: { dialect: 'json', flavour: 'capsolver' } },
    },
    hears: '{"errorId":0,"status":"ready","solution":{"text":"w9h5k"},"taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'python-anticaptcha: a report answers status success',
    sends: postJson('/reportIncorrectImageCaptcha', { clientKey: '{KEY}', taskId: 1200001 }),
    hears: '{"errorId":0,"status":"success"}',
    as: JSON_TYPE,
  },
  {
    client: 'python-rucaptcha: who solved it stands in a header, not in the body',
    sends: get(`/in.php?${QUERY}`),
    hears: 'OK|1200001',
    headers: { 'x-gateway-task': '1200001', 'x-gateway-provider': '2captcha', 'x-gateway-attempts': '2' },
  },
];

export const ANSWERS: readonly Shape[] = [
  ...CLASSIC_REFUSED,
  ...CLASSIC_REFUSED_JSON,
  ...JSON_REFUSED,
  ...CAPSOLVER_REFUSED,
  ...WAITING,
  ...PLAIN_OR_JSON,
  ...MEMBERS,
];
