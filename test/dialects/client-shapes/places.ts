/** Where existing clients look for a service: at its root or under a prefix, under any name, across origins. */
import { FLAVOURS } from '../../../src/wire/flavours.js';
import { CREATED, get, JSON_TYPE, post, postJson, QUERY, RECAPTCHA, type Shape, TASK } from './shape.js';

const BODY = JSON.stringify({ clientKey: '{KEY}', task: TASK });

function under(client: string, prefix: string, hears: string): Shape {
  const sends = postJson(`${prefix}/createTask`, { clientKey: '{KEY}', task: TASK });
  return { client: `${client}: createTask under "${prefix}"`, sends, hears, as: JSON_TYPE };
}

/** Every name that a hosts file may lead here, with the form of id that its clients read. */
const HOSTS = Object.values(FLAVOURS).flatMap(({ hosts, idAs, hasStatusInCreate }) =>
  hosts.map((host): Shape => {
    const id = idAs === 'string' ? '"1200001"' : '1200001';
    const status = hasStatusInCreate ? '"status":"idle",' : '';
    return {
      client: `a hosts file: createTask at ${host}`,
      sends: post('/createTask', BODY, ['Content-Type: application/json'], host),
      hears: `{"errorId":0,${status}"taskId":${id}}`,
      as: JSON_TYPE,
    };
  }),
);

const NO_REDIRECT = { location: null, 'strict-transport-security': null } as const;

export const PLACES: readonly Shape[] = [
  ...HOSTS,
  under('python-anticaptcha and others that drop a prefix', '', CREATED),
  under('capsolver (official, Python)', '/for/capsolver', '{"errorId":0,"status":"idle","taskId":"1200001"}'),
  under('anticaptcha (ScreamZ)', '/for/anticaptcha', CREATED),
  {
    client: '2captcha-php: a prefix with a slash at its end',
    sends: get(`/for/2captcha//in.php?${QUERY}`),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: '2captcha-go: the root, whatever prefix was set',
    sends: get(`/in.php?${QUERY}`),
    task: RECAPTCHA,
    hears: 'OK|1200001',
  },
  {
    client: 'OpenBullet: a Host that is not the gateway’s',
    sends: get(`/in.php?${QUERY}`, [], '2captcha.com'),
    hears: 'OK|1200001',
  },
  {
    client: 'a client behind a proxy: a Host with an underscore, a port and capitals',
    sends: get(`/in.php?${QUERY}`, [], 'My_Gateway.LAN:65535'),
    hears: 'OK|1200001',
  },
  { client: 'a script: a Host that is none', sends: get(`/in.php?${QUERY}`, [], '!!'), hears: 'OK|1200001' },
  {
    client: 'cloudscraper and httpx: plain HTTP is answered, never redirected',
    sends: post(`/in.php?${QUERY}`, '', ['Upgrade-Insecure-Requests: 1']),
    hears: 'OK|1200001',
    headers: NO_REDIRECT,
  },
  {
    client: '2captcha browser extension: header_acao on a solved, an open and a refused call',
    sends: get('/res.php?key=nobody&action=userinfo&header_acao=1&json=1', ['Origin: chrome-extension://x']),
    hears: '{"status":0,"request":"ERROR_KEY_DOES_NOT_EXIST","error_text":"No client has this key."}',
    as: JSON_TYPE,
    headers: { 'access-control-allow-origin': '*' },
  },
  {
    client: 'antigate (gotlium): load.php over plain HTTP',
    sends: get('/load.php', [], 'antigate.com'),
    hears:
      '<response>\r\n  <waiting>1</waiting>\r\n  <load>0</load>\r\n  <minbid>0</minbid>\r\n' +
      '  <averageRecognitionTime>0</averageRecognitionTime>\r\n</response>',
    as: 'text/xml; charset=utf-8',
  },
];
