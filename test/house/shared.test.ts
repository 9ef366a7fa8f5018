import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needShared } from '../harness/shared';
import { folderReader } from '../harness/sharedFolder';
import { sharedHandler } from '../harness/sharedPlugin';

let base: string;
let server: Server;
let url: string;
const reader = folderReader((kind) => join(base, kind));

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'shared-'));
  await mkdir(join(base, 'goldens', 'case a'), { recursive: true });
  await writeFile(join(base, 'goldens', 'case a', 'io.bin'), new Uint8Array([1, 2, 3]));
  await writeFile(join(base, 'goldens', 'README.md'), 'words');
  await writeFile(join(base, 'secret'), 'no');
  await symlink(join(base, 'secret'), join(base, 'goldens', 'link'));
  server = createServer((request, response) => {
    sharedHandler(reader)(request, response, () => response.writeHead(418).end());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(base, { recursive: true });
});

test('lists names sorted, folders with a slash, and reads bytes', async () => {
  expect(await reader.list('goldens', '')).toEqual(['README.md', 'case a/', 'link']);
  expect([...(await reader.read('goldens', 'case a/io.bin'))]).toEqual([1, 2, 3]);
  expect(await reader.available('goldens')).toBe(true);
  expect(await reader.available('data')).toBe(false);
});

test.each(['../secret', 'case a/../../secret', 'link', '..'])('refuses to leave the folder by %s', async (path) => {
  await expect(reader.read('goldens', path)).rejects.toThrow(/leads outside/);
  await expect(reader.list('goldens', path)).rejects.toThrow(/leads outside/);
});

test('serves the same over HTTP: listings as JSON, bytes, and nothing outside', async () => {
  expect(await (await fetch(`${url}/goldens/`)).json()).toEqual(['README.md', 'case a/', 'link']);
  expect([...new Uint8Array(await (await fetch(`${url}/goldens/case%20a/io.bin`)).arrayBuffer())]).toEqual([1, 2, 3]);
  expect((await fetch(`${url}/goldens/..%2fsecret`)).status).toBe(404);
  expect((await fetch(`${url}/goldens/link`)).status).toBe(404);
  expect((await fetch(`${url}/goldens/%E0%A4%A`)).status).toBe(404);
  expect((await fetch(`${url}/data/`)).status).toBe(404);
  expect((await fetch(`${url}/goldens/README.md`, { method: 'PUT', body: 'x' })).status).toBe(405);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(418);
});

test('needShared skips with the reason where the folder is absent', async () => {
  const before = globalThis.__sharedReader;
  globalThis.__sharedReader = reader;
  const notes: unknown[] = [];
  const skip = ((note: unknown) => notes.push(note)) as unknown as Parameters<typeof needShared>[0]['skip'];
  await needShared({ skip }, 'goldens');
  expect(notes).toEqual([]);
  await needShared({ skip }, 'data');
  expect(notes).toEqual(['no folder ../shared/data (and $DATA_DIR names none)']);
  globalThis.__sharedReader = before;
});
