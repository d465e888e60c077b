import { chromium } from 'playwright-core';

const [url, to, width = '1280', scheme = 'light', after = ''] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const p = await b.newPage({ viewport: { width: Number(width), height: 900 }, colorScheme: scheme });
p.on('console', (m) => m.type() === 'error' && console.log('console', m.text()));
p.on('pageerror', (e) => console.log('err', e));
await p.goto(url);
await p.locator('#board[data-live]').waitFor();
await p.waitForTimeout(500);
if (after) await p.evaluate(after);
await p.waitForTimeout(1000);
await p.screenshot({ path: to, fullPage: true });
await b.close();
