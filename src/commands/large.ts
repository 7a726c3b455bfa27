import { bytesText } from '../model/bytes-text.ts'
import { resolve } from 'node:path'
import type { Analysis, BadResource, FileOutcome, Optimized } from '../model/analysis.ts'
import { EXIT, usage, type ExitCode } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext, CommandOption } from './command.ts'
import { answer, printTable, say, warn, withProgress } from './output.ts'
import { door } from './package.ts'
import { countOf, isSet, textOf, type Values } from './values.ts'
import { counted, durationText } from './words.ts'

/** Standard input, or output. */
const PIPE = '-'
/** Rows of a table about one file; --json has all. */
const ROWS = 20
/** Bad resources that are told one by one. */
const TOLD = 20

const FILE = {
  name: 'file',
  summary: 'a JSON template of any size; - reads standard input',
  isRequired: true,
  completes: 'file',
} as const
const CHUNK: CommandOption = {
  flag: '--chunk-size',
  value: 'SIZE',
  summary: 'bytes to read at a time, 64KiB to 2MiB, or auto to go by free memory',
  preset: '1MiB',
}
const DETACH: CommandOption = { flag: '--detach', summary: 'run as a job and do not wait for it; print its id' }

/** How a pass over a file went: bytes, ms, bytes a second and the memory of the process. */
interface Pass {
  chunkBytes: number
  ms: number
  bytesPerSecond: number
  peakRssBytes: number
}

type Tell = (done: number, total: number | undefined) => void

/** Runs one pass over a file, with a line about how far it is. */
async function onePass<T>(
  context: CommandContext,
  { file, verb, values }: { file: string; verb: string; values: Values },
  work: (chunkBytes: number, onProgress: Tell) => Promise<T>,
): Promise<{ result: T; pass: Pass }> {
  const { clock, measure } = context.system
  const chunk = await door(context, 'chunkSize')(textOf(values, 'chunk-size'))
  if (chunk.note !== undefined) warn(context, chunk.note)
  if (context.global.verbose) warn(context, `${chunk.bytes} bytes are read at a time.`)
  const began = clock.monotonic()
  let bytes = 0
  let peakRssBytes = measure.usage().rssBytes
  const name = file === PIPE ? 'standard input' : file
  const result = await withProgress(context, `${verb} ${name} ...`, (tell) => {
    let sampledAt = began
    return work(chunk.bytes, (done, total) => {
      bytes = done
      const now = clock.monotonic()
      // Asking for the memory costs more than reading a chunk.
      if (now - sampledAt < SAMPLE_EVERY_MS) return
      sampledAt = now
      const { rssBytes } = measure.usage()
      peakRssBytes = Math.max(peakRssBytes, rssBytes)
      const rate = bytesText(Math.round((done * 1000) / Math.max(1, now - began)))
      const ofAll = total === undefined ? '' : ` of ${bytesText(total)}`
      tell(`${verb} ${name}: ${bytesText(done)}${ofAll}, ${rate}/s, memory ${bytesText(rssBytes)}`)
    })
  })
  const ms = Math.round(clock.monotonic() - began)
  peakRssBytes = Math.max(peakRssBytes, measure.usage().rssBytes)
  const bytesPerSecond = Math.round((bytes * 1000) / Math.max(1, ms))
  return { result, pass: { chunkBytes: chunk.bytes, ms, bytesPerSecond, peakRssBytes } }
}
const SAMPLE_EVERY_MS = 100

const passText = ({ ms, bytesPerSecond, peakRssBytes }: Pass): string =>
  `${durationText(ms)}, ${bytesText(bytesPerSecond)}/s, memory ${bytesText(peakRssBytes)}`

/** The path as the job or the reader will need it. */
const pathOf = (context: CommandContext, file: string): string =>
  file === PIPE ? PIPE : resolve(context.system.env.cwd, file)

/** Starts the same work as a job and prints its id. */
async function detach(
  context: CommandContext,
  job: { type: string; title: string; input: Record<string, unknown> },
): Promise<void> {
  if (job.input['path'] === PIPE || job.input['into'] === PIPE)
    throw usage('A job cannot read standard input or write standard output.', 'Name files, or leave out --detach.')
  const id = await (await context.jobs()).start(job.type, job.title, job.input)
  answer(context, { job: { id } }, () => say(context, id))
}

const analyze: Command = {
  name: 'analyze',
  needsNoSettings: true,
  summary: 'count what a template of any size holds',
  description:
    'Reads the template once, as a stream: memory stays the same whatever its size. Tells resources by type, parameters, variables, outputs, functions, nested templates (counted apart), expressions and the functions they call, depth and lines. Comments, trailing commas and raw line breaks are taken as they are; what is no JSON is told with line and column. A resource without type, apiVersion or name is told as soon as it was read; exit 1 then.',
  examples: [
    { line: 'souk analyze mainTemplate.json', text: 'a table' },
    { line: 'souk analyze *.json --workers 2', text: 'several, a row each' },
    { line: 'cat big.json | souk analyze - --json', text: 'from a pipe, for a script' },
  ],
  arguments: [{ ...FILE, isMany: true }],
  options: [
    CHUNK,
    { flag: '--workers', value: 'N', summary: 'threads for several files; all cores but one by default' },
    DETACH,
  ],
  exits: [EXIT.findings],
  seeAlso: ['optimize', 'validate', 'package'],
  module: 'arm',
  async run(context, [file = '', ...more], values): Promise<ExitCode> {
    if (more.length > 0) return analyzeSeveral(context, [file, ...more], values)
    const source = pathOf(context, file)
    const size = textOf(values, 'chunk-size')
    if (isSet(values, 'detach')) {
      await detach(context, {
        type: 'analyze',
        title: `Analyse ${file}`,
        input: { path: source, ...(size === undefined ? {} : { chunkSize: size }) },
      })
      return EXIT.ok
    }
    let told = 0
    const onBad = ({ path, line, why }: BadResource): void => {
      if (told++ < TOLD) warn(context, `${file}:${line}: ${path}: ${why}`)
    }
    const run = door(context, 'analyze')
    const { result, pass } = await onePass(context, { file, verb: 'Analysing', values }, (chunkBytes, onProgress) =>
      run({ source, chunkBytes, signal: context.signal, onProgress, onBad }),
    )
    answer(context, { file: source, ...result, ...pass }, () => printAnalysis(context, file, result, pass))
    return result.badResources > 0 ? EXIT.findings : EXIT.ok
  },
}

/** Several files in threads, a row each. */
async function analyzeSeveral(context: CommandContext, files: readonly string[], values: Values): Promise<ExitCode> {
  if (files.includes(PIPE) || isSet(values, 'detach'))
    throw usage('Standard input and --detach go with one file only.', 'Analyse them one by one.')
  const workers = countOf(values, 'workers', 1)
  const run = door(context, 'analyzeMany')
  const sources = files.map((file) => pathOf(context, file))
  let told = 0
  const onBad = (source: string, { path, line, why }: BadResource): void => {
    if (told++ < TOLD) warn(context, `${files[sources.indexOf(source)] ?? source}:${line}: ${path}: ${why}`)
  }
  const about = { file: counted(files.length, 'file'), verb: 'Analysing', values }
  const { result, pass } = await onePass(context, about, (chunkBytes, onProgress) =>
    run({
      sources,
      chunkBytes,
      signal: context.signal,
      onProgress: (done) => onProgress(done, undefined),
      onBad,
      ...(workers === undefined ? {} : { workers }),
    }),
  )
  for (const one of result) if ('error' in one) warn(context, one.error.message)
  answer(context, { files: result, ...pass }, () => {
    printTable(context, result, [
      { title: 'FILE', of: (one) => harmless(files[result.indexOf(one)] ?? '', 500), give: 1, least: 12 },
      ...FIGURES.map(({ title, of }) => ({
        title,
        of: (one: FileOutcome) => ('analysis' in one ? of(one.analysis) : '-'),
        align: 'right' as const,
      })),
    ])
    say(context, passText(pass))
  })
  return result.every((one) => 'analysis' in one && one.analysis.badResources === 0) ? EXIT.ok : EXIT.findings
}

const FIGURES: readonly { title: string; of(analysis: Analysis): string }[] = [
  { title: 'SIZE', of: ({ bytes }) => bytesText(bytes) },
  { title: 'RESOURCES', of: ({ resources }) => String(resources) },
  { title: 'NESTED', of: ({ nested }) => String(nested.resources) },
  { title: 'EXPRESSIONS', of: ({ expressions }) => String(expressions) },
  { title: 'BAD', of: ({ badResources }) => String(badResources) },
]

function printAnalysis(context: CommandContext, file: string, analysis: Analysis, pass: Pass): void {
  const { nested } = analysis
  say(
    context,
    `${harmless(file, 500)}: ${bytesText(analysis.bytes)}, ${counted(analysis.lines, 'line')}, depth ${analysis.depth}`,
  )
  if (analysis.schema !== undefined) say(context, harmless(analysis.schema, 300))
  say(context)
  const rows = [
    { what: 'resources', own: analysis.resources, inner: nested.resources },
    { what: 'child resources', own: analysis.children, inner: nested.children },
    { what: 'parameters', own: analysis.parameters, inner: nested.parameters },
    { what: 'variables', own: analysis.variables, inner: nested.variables },
    { what: 'outputs', own: analysis.outputs, inner: nested.outputs },
    { what: 'functions', own: analysis.functions, inner: nested.functions },
  ]
  printTable(context, rows, [
    { title: 'COUNT OF', of: (row) => row.what },
    { title: 'HERE', of: (row) => String(row.own), align: 'right' },
    { title: `NESTED (${counted(nested.templates, 'template')})`, of: (row) => String(row.inner), align: 'right' },
  ])
  const inner = new Map(nested.types.map(({ type, count }) => [type.toLowerCase(), count]))
  const types = analysis.types.map(({ type, count }) => ({
    type,
    own: count,
    inner: inner.get(type.toLowerCase()) ?? 0,
  }))
  const known = new Set(types.map(({ type }) => type.toLowerCase()))
  for (const { type, count } of nested.types)
    if (!known.has(type.toLowerCase())) types.push({ type, own: 0, inner: count })
  printTop(context, types, (top) =>
    printTable(context, top, [
      { title: 'TYPE', of: (row) => harmless(row.type, 300), give: 1, least: 16 },
      { title: 'HERE', of: (row) => String(row.own), align: 'right' },
      { title: 'NESTED', of: (row) => String(row.inner), align: 'right' },
    ]),
  )
  printTop(context, analysis.calls, (top) =>
    printTable(context, top, [
      { title: 'FUNCTION', of: (row) => harmless(row.name, 200), give: 1, least: 16 },
      { title: 'CALLS', of: (row) => String(row.count), align: 'right' },
    ]),
  )
  say(context)
  const facts = [counted(analysis.expressions, 'expression'), counted(analysis.comments, 'comment')]
  if (analysis.badResources > 0) facts.push(counted(analysis.badResources, 'bad resource'))
  say(context, facts.join(', '))
  say(context, passText(pass))
}

/** The first rows of a list, and how many more there are. */
function printTop<T>(context: CommandContext, all: readonly T[], print: (top: readonly T[]) => void): void {
  if (all.length === 0) return
  say(context)
  print(all.slice(0, ROWS))
  if (all.length > ROWS) say(context, `and ${all.length - ROWS} more (--json lists all)`)
}

const optimize: Command = {
  name: 'optimize',
  needsNoSettings: true,
  summary: 'write a template of any size again without what it does not need',
  description:
    'Takes out comments, trailing commas and white space outside texts, as a stream: memory stays the same whatever the size, and every value keeps its bytes. With --expressions nested concat calls become one, texts next to each other become one text and blanks in expressions go; each change is told. The file appears when it is whole, or not at all.',
  examples: [
    { line: 'souk optimize mainTemplate.json', text: 'writes mainTemplate.min.json' },
    { line: 'souk optimize in.json --out out.json --expressions', text: 'expressions too, with a list of changes' },
    { line: 'souk optimize - --out - < in.json > out.json', text: 'in a pipe' },
  ],
  arguments: [FILE],
  options: [
    {
      flag: '--out',
      value: 'FILE',
      summary: 'the file to write, FILE.min.json by default; - is standard output',
      completes: 'file',
    },
    { flag: '--expressions', summary: 'make expressions shorter too' },
    { flag: '--force', summary: 'write over a file that is there' },
    CHUNK,
    DETACH,
  ],
  exits: [EXIT.findings],
  seeAlso: ['analyze', 'package'],
  module: 'arm',
  async run(context, [file = ''], values) {
    const source = pathOf(context, file)
    const given = textOf(values, 'out') ?? (file === PIPE ? PIPE : `${file.replace(/\.json$/i, '')}.min.json`)
    const into = pathOf(context, given)
    const hasShorterExpressions = isSet(values, 'expressions')
    const isForced = isSet(values, 'force')
    const chunkSize = textOf(values, 'chunk-size')
    if (isSet(values, 'detach')) {
      const input = { path: source, into, expressions: hasShorterExpressions, force: isForced }
      return detach(context, {
        type: 'optimize',
        title: `Optimise ${file}`,
        input: { ...input, ...(chunkSize === undefined ? {} : { chunkSize }) },
      })
    }
    if (into === PIPE && context.global.json) throw usage('--json and --out - both want standard output.')
    const run = door(context, 'optimize')
    const { result, pass } = await onePass(context, { file, verb: 'Optimising', values }, (chunkBytes, onProgress) =>
      run({ source, into, chunkBytes, hasShorterExpressions, isForced, signal: context.signal, onProgress }),
    )
    if (into === PIPE) return
    answer(context, { file: source, path: into, ...result, ...pass }, () =>
      printOptimized(context, given, result, pass),
    )
  },
}

function printOptimized(context: CommandContext, into: string, result: Optimized, pass: Pass): void {
  for (const { line, before, after } of result.changes)
    say(context, `line ${line}: ${harmless(before, 200)} is now ${harmless(after, 200)}`)
  if (result.changeCount > result.changes.length)
    say(context, `and ${result.changeCount - result.changes.length} more expressions`)
  const { bytesBefore, bytesAfter } = result
  const saved = bytesBefore === 0 ? 0 : ((bytesBefore - bytesAfter) * 100) / bytesBefore
  say(
    context,
    `${harmless(into, 500)}: ${bytesText(bytesBefore)} is now ${bytesText(bytesAfter)}, ${saved.toFixed(1)} % less`,
  )
  const without = [counted(result.comments, 'comment'), counted(result.trailingCommas, 'trailing comma')]
  say(context, `without ${without.join(' and ')}; ${passText(pass)}`)
}

export const LARGE_COMMANDS: readonly Command[] = [analyze, optimize]
