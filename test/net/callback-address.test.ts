/** Which addresses a client may have the gateway call. */
import { describe, expect, it } from 'vitest';
import { openAddresses } from '../../src/net/callback-address.js';

const addresses = openAddresses([]);

describe('an address', () => {
  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
    ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1'],
    ...['192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.9', '224.0.0.1', '239.1.1.1'],
    ...['240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '::8.8.8.8', '64:ff9b::808:808', '64:ff9b:1::1'],
    ...[
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'fec0::1',
      'ff02::1',
      '100::1',
      '2001::1',
      '2001:2::1',
      '2001:10::1',
    ],
    ...['2001:20::1', '2001:db8::1', '2002:7f00:1::1', '3fff::1', '5f00::1'],
    ...['', 'localhost', '1.2.3', 'fe80::1%eth0', '1.2.3.4.5'],
  ])('%j is not allowed', (address) => {
    expect(addresses.isAllowed(address)).toBe(false);
  });

  it.each(['8.8.8.8', '1.1.1.1', '100.128.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is allowed',
    (address) => {
      expect(addresses.isAllowed(address)).toBe(true);
    },
  );

  it('is allowed when the operator says so, and its neighbours are not', () => {
    const { isAllowed } = openAddresses([
      '127.0.0.2/32',
      '10.20.0.0/16',
      '192.168.1.1',
      'fd00:1::/32',
      '::1',
    ]);
    const asked = ['127.0.0.2', '10.20.255.1', '192.168.1.1', 'fd00:1::5', '::1'];
    expect(asked.filter((address) => !isAllowed(address))).toEqual([]);
    const others = ['127.0.0.1', '127.0.0.3', '10.21.0.1', '192.168.1.2', 'fd00:2::1', '::2'];
    expect(others.filter(isAllowed)).toEqual([]);
  });
});

describe('a URL', () => {
  it.each([
    ...['http://127.0.0.1/', 'http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/'],
    ...['http://127.0.0.1./', 'http://[::1]/', 'http://[::ffff:7f00:1]/', 'https://user:p@10.0.0.1:8443/x'],
    ...['http://169.254.169.254/latest/meta-data', 'http://0/', 'http://①②⑦.0.0.1/'],
  ])('%s names a private address, however it is spelt', (url) => {
    expect(addresses.faultOf(url)).toMatch('private');
  });

  it.each(['', 'example.com', 'ftp://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'http://'])(
    '%j is none that can be called',
    (url) => {
      expect(addresses.faultOf(url)).toMatch('http or https');
    },
  );

  it.each([
    ...['https://example.com/x?y#z', 'http://example.com:1/', 'http://8.8.8.8/', 'HTTPS://EXAMPLE.com'],
    // What a name stands for is looked at when the connection is made.
    'http://localhost/',
  ])('%s may be tried', (url) => {
    expect(addresses.faultOf(url)).toBeUndefined();
  });

  it('has a bounded length', () => {
    expect(addresses.faultOf(`https://example.com/${'x'.repeat(2_000)}`)).toMatch('longer');
  });
});
