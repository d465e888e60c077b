/** createTask and its neighbours as existing clients ask them: labels, nulls, spellings, paths. */
import {
  CREATED,
  get,
  IMAGE,
  JSON_TYPE,
  PAGE,
  post,
  postJson,
  RECAPTCHA,
  type Shape,
  TASK,
} from './shape.js';

const REPORTED = '{"errorId":0,"status":"success"}';
const CAPSOLVER_CREATED = '{"errorId":0,"status":"idle","taskId":"1200001"}';

function created(client: string, sends: string, hears = CREATED): Shape {
  return { client, sends, task: RECAPTCHA, hears, as: JSON_TYPE };
}

function create(more: object, task: object = TASK): string {
  return postJson('/createTask', { clientKey: '{KEY}', task, ...more });
}

/** The same task under the name that a client has for it. */
function typed(client: string, type: string, hears = CREATED): Shape {
  return created(`${client}: type ${type}`, create({}, { ...TASK, type }), hears);
}

function reported(client: string, path: string, isGood: boolean): Shape {
  const asked = ['authenticate KEY', `report 1200001 ${isGood ? 'good' : 'bad'}`];
  const sends = postJson(path, { clientKey: '{KEY}', taskId: 1200001 });
  return { client: `${client}: ${path}`, sends, asked, hears: REPORTED, as: JSON_TYPE };
}

const LABELS: readonly Shape[] = [
  created(
    'capmonstercloud-client-go: createTask without a Content-Type',
    post('/createTask', JSON.stringify({ clientKey: '{KEY}', task: TASK })),
  ),
  {
    client: 'capmonstercloud-client-go: /getTaskResult/ without a Content-Type',
    sends: post('/getTaskResult/', '{"clientKey":"{KEY}","taskId":1200001}'),
    hears: '{"errorId":0,"status":"processing"}',
    as: JSON_TYPE,
  },
  created(
    'capsolver (Furry): JSON as text/plain, AppID',
    post(
      '/createTask',
      JSON.stringify({ clientKey: '{KEY}', AppID: 'x', task: { ...TASK, type: 'ReCaptchaV2TaskProxyLess' } }),
      ['Content-Type: text/plain;charset=UTF-8'],
    ),
    CAPSOLVER_CREATED,
  ),
  created(
    'captchatools: /createTask%20',
    postJson('/createTask%20', { clientKey: '{KEY}', task: { ...TASK, type: 'NoCaptchaTaskProxyless' } }),
  ),
  created(
    'capsolver-go: ClientKey with a capital C',
    postJson('/createTask', { ClientKey: '{KEY}', task: { ...TASK, type: 'ReCaptchaV2TaskProxyLess' } }),
    CAPSOLVER_CREATED,
  ),
  created(
    'capsolver (official, Python): the key as Bearer too',
    postJson('/createTask', { clientKey: '{KEY}', task: TASK }, [
      'Content-Type: application/json',
      'Authorization: Bearer {KEY}',
      'User-Agent: CapSolver/v1 PythonBindings/1.0.7',
    ]),
    CAPSOLVER_CREATED,
  ),
];

const NULLS: readonly Shape[] = [
  created('anticaptcha (ScreamZ): websiteSToken is null', create({}, { ...TASK, websiteSToken: null })),
  created(
    'anticaptchaofficial (JS): softId and empty strings',
    create({ softId: 0 }, { ...TASK, websiteSToken: '' }),
  ),
  created(
    'anticaptchaofficial (Python): softId',
    create({ softId: 0 }, { ...TASK, recaptchaDataSValue: '' }),
  ),
  created(
    'anticaptcha-php: softId, isInvisible and websiteSToken are null',
    create({ softId: null }, { ...TASK, isInvisible: null, websiteSToken: null }),
  ),
  created('anticaptcha-go: softId and languagePool', create({ softId: 1187, languagePool: 'en' })),
  created('capsolver-npm: appId', create({ appId: 'AF0F28E5' }), CAPSOLVER_CREATED),
  created('cloudscraper: appId of a CapSolver account', create({ appId: 'x' }), CAPSOLVER_CREATED),
  created(
    'python-rucaptcha: callbackUrl is null, soft_id is text',
    create({ callbackUrl: null, languagePool: 'en', soft_id: '1899' }),
  ),
  created(
    'python3-anticaptcha: callbackUrl is empty, softId text',
    create({ callbackUrl: '', softId: '867' }),
  ),
  created(
    'python3-capsolver: appId, callbackUrl is null',
    create({ appId: 'x', callbackUrl: null }),
    CAPSOLVER_CREATED,
  ),
  {
    client: 'python-rucaptcha: getBalance with taskId null',
    sends: postJson('/getBalance', { clientKey: '{KEY}', taskId: null }),
    gateway: { balanceUsd: 2.25 },
    hears: '{"errorId":0,"balance":2.25}',
    as: JSON_TYPE,
  },
  {
    client: 'python3-anticaptcha: getTaskResult carries the members of an answer',
    sends: postJson('/getTaskResult', {
      ...{ clientKey: '{KEY}', taskId: 1200001 },
      ...{ errorId: 0, errorCode: null, errorDescription: null },
    }),
    hears: '{"errorId":0,"status":"processing"}',
    as: JSON_TYPE,
  },
];

const TYPES: readonly Shape[] = [
  typed('CapSolver’s documents', 'ReCaptchaV2TaskProxyLess', CAPSOLVER_CREATED),
  typed('capsolver-npm', 'ReCaptchaV2TaskProxyless', CAPSOLVER_CREATED),
  typed('anticaptchaofficial', 'RecaptchaV2TaskProxyless'),
  typed('CapMonster’s documents', 'NoCaptchaTaskProxyless'),
  typed('capmonstercloudclient (Python), without proxy fields', 'NoCaptchaTask'),
];

const REPORTS: readonly Shape[] = [
  reported('anticaptchaofficial', '/reportIncorrectImageCaptcha', false),
  reported('anticaptchaofficial', '/reportIncorrectRecaptcha', false),
  reported('anticaptchaofficial', '/reportCorrectRecaptcha', true),
  reported('anticaptchaofficial', '/reportIncorrectHcaptcha', false),
  reported('capmonster clients', '/reportIncorrectTokenCaptcha', false),
  reported('python-rucaptcha', '/reportCorrect', true),
  {
    client: 'python-rucaptcha: the same report 19 times',
    sends: Array.from({ length: 19 }, () =>
      postJson('/reportIncorrect', { clientKey: '{KEY}', taskId: 1200001 }),
    ),
    hears: REPORTED,
    as: JSON_TYPE,
  },
  {
    client: 'unicaps: a report with the id as int',
    sends: postJson('/reportIncorrectRecaptcha', { clientKey: '{KEY}', taskId: 1200001 }),
    hears: REPORTED,
    as: JSON_TYPE,
  },
  {
    client: 'python3-capsolver: feedbackTask',
    sends: postJson('/feedbackTask', {
      ...{ clientKey: '{KEY}', appId: 'x', taskId: '1200001' },
      result: { invalid: true, code: 1001, message: 'invalid token' },
    }),
    asked: ['authenticate KEY', 'report 1200001 bad'],
    hears: REPORTED,
    as: JSON_TYPE,
  },
];

const POLLS: readonly Shape[] = [
  {
    client: 'capmonstercloud-client (JS): an image is polled many times a second',
    sends: Array.from({ length: 25 }, () =>
      postJson('/getTaskResult', { clientKey: '{KEY}', taskId: 1200001 }),
    ),
    hears: '{"errorId":0,"status":"processing"}',
    as: JSON_TYPE,
  },
  {
    client: 'antigate (gotlium): polls many times a second',
    sends: Array.from({ length: 25 }, () => get('/res.php?key={KEY}&action=get&id=1200001')),
    hears: 'CAPCHA_NOT_READY',
  },
  {
    client: 'anticaptcha (ScreamZ): getQueueStats with a key that nobody asks for',
    sends: postJson('/getQueueStats', { queueId: 6, clientKey: '{KEY}' }),
    hears: '{"waiting":1,"load":0,"bid":"0.0000000000","speed":0,"total":1}',
    as: JSON_TYPE,
  },
  {
    client: 'two_captcha (Ruby): base64 with newlines, on the json wire',
    sends: create({}, { type: 'ImageToTextTask', body: `${IMAGE.slice(0, 30)}\n${IMAGE.slice(30)}\n` }),
    task: { kind: 'image_to_text', imageBase64: IMAGE },
    hears: CREATED,
    as: JSON_TYPE,
  },
  {
    client: 'cloudscraper: the page with a port and a fragment',
    sends: create({}, { ...TASK, websiteURL: `${PAGE}a?b=c#d` }),
    task: { pageUrl: `${PAGE}a?b=c#d` },
    hears: CREATED,
    as: JSON_TYPE,
  },
];

export const JSON_REQUESTS: readonly Shape[] = [...LABELS, ...NULLS, ...TYPES, ...REPORTS, ...POLLS];
