/** What existing clients do with ids: compare, cast, split and send them back. */
import {
  CREATED,
  get,
  JSON_TYPE,
  post,
  postForm,
  postJson,
  QUERY,
  type Shape,
  SOLVED,
  TASK,
} from './shape.js';

const CAPSOLVER_TASK = { ...TASK, type: 'ReCaptchaV2TaskProxyLess' };

/** A client that breaks on anything but a JSON integer that fits 32 bits. */
function wantsInteger(client: string, more: object = {}): Shape {
  const sends = postJson('/createTask', { clientKey: '{KEY}', task: TASK, ...more });
  return { client: `${client}: the id is a JSON integer`, sends, hears: CREATED, as: JSON_TYPE };
}

export const IDS: readonly Shape[] = [
  wantsInteger('anticaptchaofficial (JS), which loops while taskId > 0'),
  wantsInteger('anticaptcha-go, which reads a float64', { softId: 1187 }),
  wantsInteger('anticaptcha (nuveo), which reads a float64'),
  wantsInteger('anticaptcha-php, which casts to int', { softId: null }),
  wantsInteger('capmonstercloud-client-go, which reads an int'),
  wantsInteger('captchatools-go, which reads an int'),
  wantsInteger('anticaptcha-csharp and -java, which read 32 bits'),
  wantsInteger('CaptchaSharp, which reads 32 bits'),
  {
    client: 'capsolver-go: the id is a JSON string',
    sends: postJson('/createTask', { ClientKey: '{KEY}', task: CAPSOLVER_TASK }),
    hears: '{"errorId":0,"status":"idle","taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools-go: the id of a CapSolver task is a JSON string',
    sends: postJson('/createTask', { clientKey: '{KEY}', task: CAPSOLVER_TASK }),
    hears: '{"errorId":0,"status":"idle","taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'yescaptcha clients: the id is a JSON string',
    sends: post(
      '/createTask',
      JSON.stringify({ clientKey: '{KEY}', task: TASK }),
      ['Content-Type: application/json'],
      'api.yescaptcha.com',
    ),
    hears: '{"errorId":0,"taskId":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'unicaps: the id comes back as text in getTaskResult',
    sends: postJson('/getTaskResult', { clientKey: '{KEY}', taskId: '1200001' }),
    asked: ['authenticate KEY', 'untilEnded 1200001 3000'],
    hears: '{"errorId":0,"status":"processing"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools-go: the id of in.php is a JSON string',
    sends: get(`/in.php?${QUERY}&json=1`),
    hears: '{"status":1,"request":"1200001"}',
    as: JSON_TYPE,
  },
  {
    client: 'captchatools-go at CaptchaAI: the id of in.php is a JSON number',
    sends: get(`/in.php?${QUERY}&json=1`, [], 'ocr.captchaai.com'),
    hears: '{"status":1,"request":1200001}',
    as: JSON_TYPE,
  },
  {
    client: 'captchaai clients in plain text: digits',
    sends: get(`/in.php?${QUERY}`, [], 'ocr.captchaai.com'),
    hears: 'OK|1200001',
  },
  {
    client: 'rucaptcha-2captcha: splits ids at commas and answers at pipes',
    sends: get('/res.php?key={KEY}&action=get&ids=1200001,1200002&json=1'),
    gateway: { ...SOLVED, others: { 1200002: {} } },
    hears: '{"status":1,"request":"03AGdBq25-token|CAPCHA_NOT_READY"}',
    as: JSON_TYPE,
  },
  {
    client: '2captcha-node: polls with the word it took for an id',
    sends: get('/res.php?key={KEY}&action=get&id=ERROR_ZERO_BALANCE&json=1'),
    hears: '{"status":0,"request":"ERROR_WRONG_ID_FORMAT","error_text":"There is no such task"}',
    as: JSON_TYPE,
  },
  {
    client: 'JavaScript clients: an id that needs more than 32 bits is none of ours',
    sends: postJson('/getTaskResult', { clientKey: '{KEY}', taskId: 74120000001 }),
    hears:
      '{"errorId":1,"errorCode":"ERROR_NO_SUCH_CAPCHA_ID","errorDescription":"taskId is missing or is none of ours."}',
    as: JSON_TYPE,
  },
  {
    client: '2captcha-python: splits OK|id at the pipe',
    sends: postForm('/in.php', {
      key: '{KEY}',
      method: 'userrecaptcha',
      googlekey: 'k',
      pageurl: 'https://a.example/',
    }),
    hears: 'OK|1200001',
  },
];
