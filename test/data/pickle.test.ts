import { expect, test } from 'vitest';
import { flattenTensors } from '../../src/data/flattenTensors';
import { unpickle } from '../../src/data/pickle';
import { call, dict, global, int, list, none, pickle, str, tuple, u32, u64 } from './torchBytes';

// Python 3.11: od = OrderedDict(a=1); od.extra = 'x'; pickle.dumps({'none': None, 't': True, 'f': False,
// 'ints': [0, 255, 256, 65535, 65536, -1, -2**31, 2**31, 2**53, -2**63, 2**100], 'x': 1.5, 'text': 'café 😀',
// 'bytes': b'\x00\xff', 'no': b'', 'array': bytearray(b'ab'), 'tuple': (), 't1': (1,), 't4': (1, 2, 3, 4), 'set': {1},
// 'frozen': frozenset([2]), 'od': od, 'count': Counter('aab'), 'dd': defaultdict(list, {'k': [1]}),
// 'deque': deque([1, 2]), 'nested': {3: {'deep': [[]]}, (1, 2): 'key'}}, protocol)
const written: Record<number, string> = {
  2: 'gAJ9cQAoWAQAAABub25lcQFOWAEAAAB0cQKIWAEAAABmcQOJWAQAAABpbnRzcQRdcQUoSwBL/00AAU3//0oAAAEASv////9KAAAAgIoFAAAAgACKBwAAAAAAACCKCAAAAAAAAACAig0AAAAAAAAAAAAAAAAQZVgBAAAAeHEGRz/4AAAAAAAAWAQAAAB0ZXh0cQdYCgAAAGNhZsOpIPCfmIBxCFgFAAAAYnl0ZXNxCWNfY29kZWNzCmVuY29kZQpxClgDAAAAAMO/cQtYBgAAAGxhdGluMXEMhnENUnEOWAIAAABub3EPY19fYnVpbHRpbl9fCmJ5dGVzCnEQKVJxEVgFAAAAYXJyYXlxEmNfX2J1aWx0aW5fXwpieXRlYXJyYXkKcRNoClgCAAAAYWJxFGgMhnEVUnEWhXEXUnEYWAUAAAB0dXBsZXEZKVgCAAAAdDFxGksBhXEbWAIAAAB0NHEcKEsBSwJLA0sEdHEdWAMAAABzZXRxHmNfX2J1aWx0aW5fXwpzZXQKcR9dcSBLAWGFcSFScSJYBgAAAGZyb3plbnEjY19fYnVpbHRpbl9fCmZyb3plbnNldApxJF1xJUsCYYVxJlJxJ1gCAAAAb2RxKGNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxKSlScSpYAQAAAGFxK0sBc31xLFgFAAAAZXh0cmFxLWgGc2JYBQAAAGNvdW50cS5jY29sbGVjdGlvbnMKQ291bnRlcgpxL31xMChYAQAAAGFxMUsCWAEAAABicTJLAXWFcTNScTRYAgAAAGRkcTVjY29sbGVjdGlvbnMKZGVmYXVsdGRpY3QKcTZjX19idWlsdGluX18KbGlzdApxN4VxOFJxOVgBAAAAa3E6XXE7SwFhc1gFAAAAZGVxdWVxPGNjb2xsZWN0aW9ucwpkZXF1ZQpxPSlScT4oSwFLAmVYBgAAAG5lc3RlZHE/fXFAKEsDfXFBWAQAAABkZWVwcUJdcUNdcURhc0sBSwKGcUVYAwAAAGtleXFGdXUu',
  3: 'gAN9cQAoWAQAAABub25lcQFOWAEAAAB0cQKIWAEAAABmcQOJWAQAAABpbnRzcQRdcQUoSwBL/00AAU3//0oAAAEASv////9KAAAAgIoFAAAAgACKBwAAAAAAACCKCAAAAAAAAACAig0AAAAAAAAAAAAAAAAQZVgBAAAAeHEGRz/4AAAAAAAAWAQAAAB0ZXh0cQdYCgAAAGNhZsOpIPCfmIBxCFgFAAAAYnl0ZXNxCUMCAP9xClgCAAAAbm9xC0MAcQxYBQAAAGFycmF5cQ1jYnVpbHRpbnMKYnl0ZWFycmF5CnEOQwJhYnEPhXEQUnERWAUAAAB0dXBsZXESKVgCAAAAdDFxE0sBhXEUWAIAAAB0NHEVKEsBSwJLA0sEdHEWWAMAAABzZXRxF2NidWlsdGlucwpzZXQKcRhdcRlLAWGFcRpScRtYBgAAAGZyb3plbnEcY2J1aWx0aW5zCmZyb3plbnNldApxHV1xHksCYYVxH1JxIFgCAAAAb2RxIWNjb2xsZWN0aW9ucwpPcmRlcmVkRGljdApxIilScSNYAQAAAGFxJEsBc31xJVgFAAAAZXh0cmFxJmgGc2JYBQAAAGNvdW50cSdjY29sbGVjdGlvbnMKQ291bnRlcgpxKH1xKShYAQAAAGFxKksCWAEAAABicStLAXWFcSxScS1YAgAAAGRkcS5jY29sbGVjdGlvbnMKZGVmYXVsdGRpY3QKcS9jYnVpbHRpbnMKbGlzdApxMIVxMVJxMlgBAAAAa3EzXXE0SwFhc1gFAAAAZGVxdWVxNWNjb2xsZWN0aW9ucwpkZXF1ZQpxNilScTcoSwFLAmVYBgAAAG5lc3RlZHE4fXE5KEsDfXE6WAQAAABkZWVwcTtdcTxdcT1hc0sBSwKGcT5YAwAAAGtleXE/dXUu',
  4: 'gASV3AEAAAAAAAB9lCiMBG5vbmWUTowBdJSIjAFmlImMBGludHOUXZQoSwBL/00AAU3//0oAAAEASv////9KAAAAgIoFAAAAgACKBwAAAAAAACCKCAAAAAAAAACAig0AAAAAAAAAAAAAAAAQZYwBeJRHP/gAAAAAAACMBHRleHSUjApjYWbDqSDwn5iAlIwFYnl0ZXOUQwIA/5SMAm5vlEMAlIwFYXJyYXmUjAhidWlsdGluc5SMCWJ5dGVhcnJheZSTlEMCYWKUhZRSlIwFdHVwbGWUKYwCdDGUSwGFlIwCdDSUKEsBSwJLA0sEdJSMA3NldJSPlChLAZCMBmZyb3plbpQoSwKRlIwCb2SUjAtjb2xsZWN0aW9uc5SMC09yZGVyZWREaWN0lJOUKVKUjAFhlEsBc32UjAVleHRyYZRoBnNijAVjb3VudJRoHowHQ291bnRlcpSTlH2UKIwBYZRLAowBYpRLAXWFlFKUjAJkZJRoHowLZGVmYXVsdGRpY3SUk5RoDowEbGlzdJSTlIWUUpSMAWuUXZRLAWFzjAVkZXF1ZZRoHowFZGVxdWWUk5QpUpQoSwFLAmWMBm5lc3RlZJR9lChLA32UjARkZWVwlF2UXZRhc0sBSwKGlIwDa2V5lHV1Lg==',
  5: 'gAWVzwEAAAAAAAB9lCiMBG5vbmWUTowBdJSIjAFmlImMBGludHOUXZQoSwBL/00AAU3//0oAAAEASv////9KAAAAgIoFAAAAgACKBwAAAAAAACCKCAAAAAAAAACAig0AAAAAAAAAAAAAAAAQZYwBeJRHP/gAAAAAAACMBHRleHSUjApjYWbDqSDwn5iAlIwFYnl0ZXOUQwIA/5SMAm5vlEMAlIwFYXJyYXmUlgIAAAAAAAAAYWKUjAV0dXBsZZQpjAJ0MZRLAYWUjAJ0NJQoSwFLAksDSwR0lIwDc2V0lI+UKEsBkIwGZnJvemVulChLApGUjAJvZJSMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpSMAWGUSwFzfZSMBWV4dHJhlGgGc2KMBWNvdW50lGgZjAdDb3VudGVylJOUfZQojAFhlEsCjAFilEsBdYWUUpSMAmRklGgZjAtkZWZhdWx0ZGljdJSTlIwIYnVpbHRpbnOUjARsaXN0lJOUhZRSlIwBa5RdlEsBYXOMBWRlcXVllGgZjAVkZXF1ZZSTlClSlChLAUsCZYwGbmVzdGVklH2UKEsDfZSMBGRlZXCUXZRdlGFzSwFLAoaUjANrZXmUdXUu',
};

const noStorage = () => {
  throw new Error('no storage');
};
const storages = { bigEndian: false, size: noStorage, read: noStorage };
const run = (bytes: ArrayLike<number>) =>
  flattenTensors(unpickle(Uint8Array.from(bytes), 0, noStorage).value, storages).meta;

test.each([2, 3, 4, 5])("reads Python's plain containers, protocol %i", (protocol) => {
  const meta = run(Uint8Array.from(atob(written[protocol]), (c) => c.charCodeAt(0)));
  expect(meta).toEqual({
    none: null,
    t: true,
    f: false,
    ints: [0, 255, 256, 65535, 65536, -1, -(2 ** 31), 2 ** 31, 2n ** 53n, -(2n ** 63n), 2n ** 100n],
    x: 1.5,
    text: 'café 😀',
    bytes: Uint8Array.of(0, 255),
    no: new Uint8Array(0),
    array: Uint8Array.of(97, 98),
    tuple: [],
    t1: [1],
    t4: [1, 2, 3, 4],
    set: [1],
    frozen: [2],
    od: { a: 1 },
    count: { a: 2, b: 1 },
    dd: { k: [1] },
    deque: [1, 2],
    nested: { 3: { deep: [[]] }, '(1, 2)': 'key' },
  });
});

test('a key "__proto__" is a plain field', () => {
  const meta = run(pickle(dict(str('__proto__'), int(1)))) as Record<string, unknown>;
  expect(Object.keys(meta)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each([
  ['posix', 'system'],
  ['os', 'system'],
  ['builtins', 'eval'],
  ['builtins', 'getattr'],
  ['__builtin__', 'exec'],
  ['subprocess', 'Popen'],
  ['torch._utils', '_rebuild_tensor_v2.__globals__'],
  ['torch.jit', '_script'],
  ['torch.storage', '_load_from_bytes'],
  ['numpy.core.multiarray', 'scalar'],
  ['argparse', 'Namespace'],
  ['', 'OrderedDict'],
  ['collections.OrderedDict', '__init__'],
])('refuses %s.%s by name, called or only mentioned', (module, name) => {
  const words = new RegExp(`"${module}.${name}".*refused`.replaceAll('.', '\\.').replace('\\.*', '.*'));
  expect(() => run(pickle(call(global(module, name), str('echo'))))).toThrow(words);
  expect(() => run(pickle(list(global(module, name))))).toThrow(words);
  const stacked = [...str(module), ...str(name), 0x93, ...tuple(str('echo')), 0x52];
  expect(() => run(pickle(stacked, 4))).toThrow(words);
  const instance = [0x28, ...str('echo'), 0x69, ...global(module, name).slice(1)];
  expect(() => run(pickle(instance))).toThrow(words);
});

test.each([
  ['calling a dtype', call(global('torch', 'float32')), /calls torch\.float32, which is refused/],
  ['calling a value', [...int(1), ...tuple(), 0x52], /calls something that is no name/],
  ['calling int()', call(global('builtins', 'int'), str('7')), /int\(\) is called/],
  ['another codec', call(global('_codecs', 'encode'), str('x'), str('rot13')), /more than bytes/],
  ['state of a list', [...list(), ...dict(str('a'), int(1)), 0x62], /state of something that is no dict/],
  ['a slot state', [...dict(), ...tuple(none, dict()), 0x62], /state of something that is no dict/],
  ['NEWOBJ_EX', [...global('collections', 'OrderedDict'), ...tuple(), ...dict(), 0x92], /class with keywords/],
  ['OBJ', [0x28, ...global('collections', 'OrderedDict'), 0x6f], /instance of a class/],
  ['the extension registry', [0x82, 1], /extension registry/],
  ['out-of-band buffers', [0x97], /buffers outside the file/],
  ['a parameter of nothing', call(global('torch._utils', '_rebuild_parameter'), none), /something else than a tensor/],
  ['a tensor of nothing', call(global('torch._utils', '_rebuild_tensor_v2'), none), /something else than storage/],
])('refuses %s', (_what, value, words) => {
  expect(() => run(pickle(value))).toThrow(words);
});

test.each([
  ['an empty stack', [0x2e], /stack runs empty/],
  ['a mark as a value', [0x28, 0x2e], /stack runs empty/],
  ['no mark', [...int(1), 0x74, 0x2e], /no mark/],
  ['an unkept value', [0x68, 3, 0x2e], /recalls value 3/],
  ['protocol 6', pickle(none, 6), /protocol 6/],
  ['an unknown opcode', [0xff], /unknown opcode 255/],
  ['text longer than the file', [0x58, ...u32(0xffffffff), 65], /4294967295 bytes are announced/],
  ['bytes longer than memory', [0x8e, ...u64(2 ** 60), 65], /truncated or damaged/],
  ['a huge whole number', [0x8b, ...u32(100000), 1], /whole number of 100000 bytes/],
  ['an endless name', [0x63, ...new Array(5000).fill(65)], /name does not end/],
  ['the end inside', pickle(dict(str('a'), int(1))).slice(0, -4), /truncated/],
  ['items of a number', [...int(1), ...int(2), ...int(3), 0x73, 0x2e], /no dict/],
  ['appending to a number', [...int(1), ...int(2), 0x61, 0x2e], /no list/],
  ['an odd number of items', [0x7d, 0x28, ...int(1), 0x75, 0x2e], /no dict/],
])('damage: %s', (_what, bytes, words) => {
  expect(() => run(bytes)).toThrow(words);
});

test('values that unfold without end are refused', () => {
  const selfInside = [0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e]; // l = []; l.append(l)
  expect(() => run(selfInside)).toThrow(/contains itself/);
  const deep = [...new Array(1000).fill(0x5d), ...new Array(999).fill(0x61), 0x2e]; // [[[…]]]
  expect(() => run(deep)).toThrow(/more than 200 deep/);
  // Each list holds the one before ten times: 10^12 values from 200 bytes.
  const laughs: number[] = [0x5d, 0x71, 0];
  for (let i = 0; i < 12; i++)
    laughs.push(0x5d, 0x28, ...Array.from({ length: 10 }, () => [0x68, i]).flat(), 0x65, 0x71, i + 1);
  expect(() => run([...laughs, 0x2e])).toThrow(/unfolds to more than/);
  // A remembered list of 1000 copied 5000 times.
  const copy = [...global('builtins', 'list'), 0x68, 0, 0x85, 0x52, 0x30];
  const copies = [
    0x5d,
    0x71,
    0,
    0x28,
    ...new Array(1000).fill(0x4e),
    0x65,
    ...Array.from({ length: 5000 }, () => copy).flat(),
  ];
  expect(() => run([...copies, 0x2e])).toThrow(/copy more than/);
  expect(() => run([...new Array(4_000_001).fill(0x28)])).toThrow(/more than 4000000 steps/);
});
