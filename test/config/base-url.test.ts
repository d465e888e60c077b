import { describe, expect, it } from 'vitest';
import { isPrivateBase } from '../../src/config/accounts.js';
import { configWithEntry, faultsOf, load } from './samples.js';

const PRIVATE = [
  'http://127.0.0.1',
  'http://127.255.255.254:9000/in',
  'http://0x7f.1',
  'http://2130706433',
  'http://[::1]:8080',
  'http://localhost',
  'http://LOCALHOST:3000',
  'http://localhost.',
  'http://solver.localhost',
  'http://10.0.0.1',
  'http://10.255.255.255',
  'http://172.16.0.1',
  'http://172.31.255.255',
  'http://192.168.1.1',
  'http://169.254.10.10',
  'http://[fe80::1]',
  'http://[febf::1]',
  'http://[fc00::1]',
  'http://[fdff::1]',
  'http://[::ffff:10.0.0.1]',
  'https://10.0.0.1',
];

const PUBLIC = [
  'http://126.0.0.1',
  'http://128.0.0.1',
  'http://11.0.0.1',
  'http://172.15.0.1',
  'http://172.32.0.1',
  'http://192.167.1.1',
  'http://192.169.1.1',
  'http://169.253.0.1',
  'http://0.0.0.0',
  'http://8.8.8.8',
  'http://[::2]',
  'http://[::]',
  'http://[fec0::1]',
  'http://[fe7f::1]',
  'http://[fbff::1]',
  'http://[fe00::1]',
  'http://[2001:db8::1]',
  'http://[::ffff:8.8.8.8]',
  'http://[fc::1]',
  'http://solver',
  'http://solver.internal',
  'http://localhost.example.com',
  'http://mylocalhost',
  'http://10.0.0.1.example.com',
  'http://127.0.0.1.nip.io',
];

describe('a host', () => {
  it.each(PRIVATE)('%s is private', (url) => expect(isPrivateBase(url)).toBe(true));
  it.each(PUBLIC)('%s is public', (url) => expect(isPrivateBase(url)).toBe(false));
  it.each(['', 'nonsense', '//127.0.0.1'])('%j is nothing private', (url) =>
    expect(isPrivateBase(url)).toBe(false),
  );
});

describe('a base URL', () => {
  it.each(PRIVATE)('%s may be plain http', (baseUrl) => {
    expect(load(configWithEntry({ baseUrl })).accounts).toHaveLength(1);
  });

  it.each(PUBLIC)('%s must be https', (baseUrl) => {
    const message = 'must be https; http is for loopback and private addresses only';
    expect(faultsOf(configWithEntry({ baseUrl }))).toEqual([{ path: 'providers[0].baseUrl', message }]);
    expect(load(configWithEntry({ baseUrl: baseUrl.replace('http:', 'https:') })).accounts).toHaveLength(1);
  });

  it.each([
    ['solver.example.net', 'must be an absolute http(s) URL'],
    ['', 'must be an absolute http(s) URL'],
    ['ftp://solver.example.net', 'must be an absolute http(s) URL'],
    ['https://solver.example.net/a b', 'must be an absolute http(s) URL'],
    [' https://solver.example.net', 'must be an absolute http(s) URL'],
    ['https://solver.example.net/?key=1', 'must not have a query or a fragment'],
    ['https://solver.example.net/?', 'must not have a query or a fragment'],
    ['https://solver.example.net/#top', 'must not have a query or a fragment'],
    ['https://me@solver.example.net', 'must not hold credentials; the key goes into apiKey'],
    ['https://:word@solver.example.net', 'must not hold credentials; the key goes into apiKey'],
  ])('%j is refused', (baseUrl, message) => {
    expect(faultsOf(configWithEntry({ baseUrl }))).toEqual([{ path: 'providers[0].baseUrl', message }]);
  });

  it.each([
    ['https://solver.example.net', 'https://solver.example.net'],
    ['https://solver.example.net/', 'https://solver.example.net'],
    ['https://Solver.Example.net:443/api/v2//', 'https://solver.example.net/api/v2'],
    ['http://127.0.0.1:9000/prefix/', 'http://127.0.0.1:9000/prefix'],
  ])('%s becomes %s', (baseUrl, expected) => {
    expect(load(configWithEntry({ baseUrl })).accounts[0]?.baseUrl).toBe(expected);
  });
});
