import { type FaultMode, json, page, SOUND } from './mode.ts'

const TEXTS = [
  'name',
  'title',
  'version',
  'kind',
  'description',
  'long_description',
  'author',
  'license',
  'source_url',
  'documentation_url',
  'download_url',
  'last_updated',
  'sha256',
]
const LISTS = ['tags', 'keywords', 'category', 'categories', 'services', 'languages', 'capabilities']

/** An entry that says the same in every field that is shown. */
const everywhere = (text: string): object => ({
  ...Object.fromEntries(TEXTS.map((field) => [field, text])),
  ...Object.fromEntries(LISTS.map((field) => [field, [text, `${text} two`]])),
  name: `odd ${text}`,
  dependencies: [{ name: text, version: text, source: text, type: text }],
  needs: [{ label: text, text }],
  scripts: [{ label: text, text }],
  requires: [{ name: text, range: text }],
  marketplace: {
    publisher: text,
    badges: [text, { label: text }],
    security_scan: { status: text, findings: [{ severity: text }] },
  },
  [text]: { [text]: [text] },
})

/** Fields whose type matters, each with values it must not have. */
const WRONG: [field: string, values: unknown[]][] = [
  ...TEXTS.map((field): [string, unknown[]] => [field, [{}, [], true]]),
  ...LISTS.map((field): [string, unknown[]] => [field, [[{}], [[]], true]]),
  ['dependencies', [{}, 'text', [1], [{}]]],
  ['needs', [{}, [1], [{}]]],
  ['scripts', ['text', [null]]],
  ['requires', [{}, [[]]]],
  ['size', ['1']],
  ['marketplace', [[], 'text', 5]],
]

const wrongEntries = (): object[] =>
  WRONG.flatMap(([field, values], at) =>
    values.map((value, more) => ({ ...SOUND, download_url: 'a.zip', name: `wrong-${at}-${more}`, [field]: value })),
  )

const part = (name: string, entries: readonly unknown[], kept: readonly string[], skips?: RegExp): FaultMode => ({
  name,
  state: 'fresh',
  kept,
  ...(skips ? { skips } : {}),
  answer: (asked) => json(asked, typeof entries === 'string' ? entries : page(entries)),
})

const hostile = (name: string, text: string): FaultMode => ({
  ...part(`hostile text: ${name}`, [everywhere(text), SOUND], ['sound']),
  items: 2,
})

const dated = (name: string, at: string): object => ({ ...SOUND, name, last_updated: at })

/** Faults inside the entries: hostile text, wrong types, names, dates, digests, dependencies. */
export const hostileModes: readonly FaultMode[] = [
  hostile('escape sequences', '\u001B[2J\u001B]8;;http://x\u0007link\u001B\\\u009B31m'),
  hostile('right to left', '\u202Egpj.exe\u2066\u2069\u061C\u200F'),
  hostile('zero width', 'a\u200B\u200C\u200D\u2060\uFEFF\u00ADb\u{E0041}'),
  hostile('NUL and bells', 'a\u0000b\u0007c\u0008d\u007F\u0085'),
  hostile('line breaks', 'one\r\ntwo\u2028three\u2029four\u000B\u000C'),
  hostile('halves of characters', 'a\uD800b\uDC00c'),
  hostile('overlong', 'wide '.repeat(12_000)),
  hostile('one endless word', '\u4E16'.repeat(20_000)),
  hostile('marks upon marks', `a${'\u0301'.repeat(5000)}`),
  hostile('names of members', '__proto__'),
  hostile('templates and shells', '{{constructor}} ${PATH} $(reboot) `id` %s %n ../../etc/passwd'),
  part('wrong types in every field', [...wrongEntries(), SOUND], ['sound'], /^entry 1 .*is not text/),
  part(
    'entries without a name',
    [{ version: '1.0.0' }, { name: '' }, { name: '***' }, SOUND],
    ['sound'],
    /has no name/,
  ),
  {
    name: 'members called __proto__',
    state: 'fresh',
    kept: ['sound', 'polluter'],
    answer: (asked) =>
      json(
        asked,
        `{"templates": [{"name": "polluter", "version": "1.0.0", "__proto__": {"polluted": 1, "verified": true},
          "constructor": {"prototype": {"polluted": 1}}, "marketplace": {"__proto__": {"polluted": 1}},
          "x": {"__proto__": {"polluted": 1}}}, ${JSON.stringify(SOUND)}], "__proto__": {"polluted": 1}}`,
      ),
  },
  part(
    'bad digests',
    [
      { ...SOUND, download_url: 'a.zip', sha256: 'xyz' },
      { ...SOUND, name: 'two', download_url: 'a.zip', checksum: 'md5:00', integrity: 'sha512-' },
    ],
    ['sound', 'two'],
  ),
  part(
    'addresses nobody may fetch',
    [
      { ...SOUND, download_url: 'file:///etc/passwd', source_url: 'javascript:alert(1)' },
      { ...SOUND, name: 'broken-address', download_url: 'http://[' },
    ],
    ['sound'],
  ),
  part(
    'dependencies in a circle',
    [
      { ...SOUND, name: 'left', dependencies: [{ name: 'right' }] },
      { ...SOUND, name: 'right', dependencies: [{ name: 'left' }, { name: 'right' }] },
    ],
    ['left', 'right'],
  ),
  part(
    'the names of the good ones',
    [
      { ...SOUND, name: 'rest-thing', title: 'False', description: 'False', marketplace: { verified: true } },
      { ...SOUND, name: 'good-rest/rest-thing' },
      SOUND,
    ],
    ['sound'],
  ),
  part(
    'numbers for words',
    [{ ...SOUND, name: 5 }, { ...SOUND, name: 'numbered', description: 7 }, SOUND],
    ['sound'],
    /"name" is not text[^]*"description" is not text/,
  ),
  part('one name many times', [SOUND, SOUND, { ...SOUND, version: '2.0.0' }, { ...SOUND, name: 'SOUND' }], ['sound']),
  part(
    'dates of no time',
    [
      dated('past', '0001-01-01T00:00:00Z'),
      dated('future', '9999-12-31T23:59:59Z'),
      dated('far', '+275760-09-13T00:00:00.000Z'),
      dated('never', '2026-02-31T99:99:99Z'),
      dated('word', 'yesterday'),
      dated('soon', '2100-01-01T00:00:00+14:00'),
    ],
    ['past', 'future', 'far', 'never', 'word', 'soon'],
  ),
  part(
    'numbers of no size',
    [
      { ...SOUND, marketplace: { downloads: Number.MAX_VALUE, rating: 1e300, rating_count: 0.1 } },
      { ...SOUND, name: 'negative', marketplace: { downloads: -1 } },
    ],
    ['sound'],
    /"downloads" is not a number/,
  ),
  part(
    'versions of no kind',
    [
      { ...SOUND, version: '../../1.0.0' },
      { ...SOUND, name: 'big-version', version: `${'9'.repeat(90)}.0.0` },
      { ...SOUND, name: 'no-version', version: undefined },
      { ...SOUND, name: 'number-version', version: 1.5 },
    ],
    ['sound', 'big-version', 'no-version', 'number-version'],
  ),
]
