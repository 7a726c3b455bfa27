// Bundles src/main.ts into dist/. `--if-needed` leaves a build alone that is newer than every source.
// A bundled start is about 2.5 times faster than loose files; the TUI stays a lazy chunk of its own.
import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'dist')
const sources = ['src', 'components', 'screens', '.build', 'package-lock.json', 'package.json']
// What the bundler tells of packages and chunks that is no fault of ours.
const QUIET = new Set(['CIRCULAR_DEPENDENCY', 'EVAL', 'INEFFECTIVE_DYNAMIC_IMPORT'])

/**
 * string-width builds a segmenter and the sets of all emoji while it loads, which costs more than the rest of a start
 * and is needed for text beyond ASCII only. In the bundle its body runs at the first such text.
 */
const lazyStringWidth = {
  name: 'lazy-string-width',
  transform: {
    filter: { id: /node_modules\/string-width\/index\.js$/ },
    handler(code) {
      const [, imports, body] = /^((?:import .*\n)+)([^]*)$/.exec(code.replace('export default function', 'function'))
      return `${imports}let made
const plain = /^(?:[ -~]|\\u001b\\[[\\d;]*m)*$/
const sgr = /\\u001b\\[[\\d;]*m/g
export default function fastWidth(text, options) {
  if (typeof text === 'string' && !options?.countAnsiEscapeCodes && plain.test(text)) return text.replace(sgr, '').length
  return (made ??= make())(text, options)
}
function make() {${body}; return stringWidth }`
    },
  },
}

const TOP_SEGMENTER = /^const (\w+) = new Intl\.Segmenter\((.*)\);$/gm
/** The other segmenters that packages make while they load, for the same reason. */
const lazySegmenter = {
  name: 'lazy-segmenter',
  transform: {
    filter: { id: /node_modules\/(?!string-width\/)/, code: TOP_SEGMENTER },
    handler: (code) =>
      code.replaceAll(
        TOP_SEGMENTER,
        'let $1_made; const $1 = { segment: (text) => ($1_made ??= new Intl.Segmenter($2)).segment(text) };',
      ),
  },
}

const WITH_FETCH = '"function"!=typeof fetch'
/** Yoga would fetch its WebAssembly from a data: address, for which Node loads its whole HTTP client first. */
const yogaWithoutFetch = {
  name: 'yoga-without-fetch',
  transform: {
    filter: { id: /yoga-wasm-base64-esm\.js$/ },
    handler(code) {
      if (code.split(WITH_FETCH).length !== 3) throw new Error('Yoga loads in another way now: look at it again')
      return code.replaceAll(WITH_FETCH, 'true')
    },
  },
}

/** Modules of the runtime that cost ms to load and are wanted by few runs: they load when one of their functions is called. */
const LATE = new Set([
  'node:child_process',
  'node:crypto',
  'node:dns',
  'node:dns/promises',
  'node:fs/promises',
  'node:net',
  'node:stream',
  'node:stream/promises',
  'node:timers/promises',
  'node:url',
  'node:v8',
  'node:zlib',
])

/** Whether a member of a module may be called by a function that stands for it: classes and constants may not. */
const isLate = (id, name) =>
  LATE.has(id) && /^[a-z]/.test(name) && typeof process.getBuiltinModule(id)[name] === 'function'

/** What is only read from by name, when it is needed: a proxy may stand for it. */
const isRead = (id, name) => LATE.has(id) && name === 'constants'

/** Classes of those modules that are made with `new` and used in no other way, so that a function may stand for them. */
const MADE = new Set(['BlockList'])

/** `const` declarations that take the named members of a module of the runtime. */
function takeNames(id, names) {
  const module = `globalThis.process.getBuiltinModule("${id}")`
  const pairs = names.split(',').flatMap((one) => {
    const [, name, local] = /^\s*([\w$]+)(?: as ([\w$]+))?\s*$/.exec(one) ?? []
    return name === undefined ? [] : [[name, local ?? name]]
  })
  const late = pairs.filter(([name]) => isLate(id, name))
  const made = pairs.filter(([name]) => MADE.has(name))
  const read = pairs.filter(([name]) => isRead(id, name))
  const now = pairs.filter(([name]) => !isLate(id, name) && !MADE.has(name) && !isRead(id, name))
  const declared = [
    ...late.map(([name, local]) => `${local}=(...a)=>${module}.${name}(...a)`),
    ...read.map(([name, local]) => `${local}=new Proxy({},{get:(_,one)=>${module}.${name}[one]})`),
    ...made.map(([name, local]) => `${local}=function(...a){return new(${module}.${name})(...a)}`),
  ]
  if (now.length > 0) declared.push(`{${now.map(([name, local]) => `${name}:${local}`).join(',')}}=${module}`)
  return declared
}

/** A whole module of the runtime; a late one stands behind a proxy. */
const takeWhole = (id, local) =>
  LATE.has(id)
    ? `${local}=new Proxy({},{get:(_,name)=>globalThis.process.getBuiltinModule("${id}")[name]})`
    : `${local}=globalThis.process.getBuiltinModule("${id}")`

/**
 * Importing a module of the runtime reads every one of its exports, the late ones too: `node:fs` then loads all streams,
 * `node:crypto` all of WebCrypto. Taking by name what is used leaves those alone, and links nothing.
 */
const namedBuiltins = {
  name: 'named-builtins',
  // Packages that are older than its prefix name them without it.
  resolveId: (source) => (builtinModules.includes(source) ? { id: `node:${source}`, external: true } : null),
  // The entry is left as it is, so that a Node too old for this can read it.
  renderChunk: (code, { isEntry }) =>
    isEntry
      ? null
      : code.replaceAll(
          /(^|;|\n)import(?: ?([\w$]+),)?(?: ?\{([^}]*)\} ?| ([\w$]+) )from ?"(node:[\w/]+)"/g,
          (_, ...found) => {
            const [before, all, names, whole, id] = found
            const declared = names === undefined ? [takeWhole(id, whole)] : takeNames(id, names)
            if (all !== undefined) declared.push(takeWhole(id, all))
            return `${before}const ${declared.join(',')}`
          },
        ),
}

const ARCHIVER = /node_modules\/(?:archiver|zip-stream|compress-commons|crc32-stream)\//
const LEFT_OUT = '\0left-out-of-archiver'
/**
 * Of archiver the program uses the writer of ZIPs, which is given every entry. What looks for files and opens them, other
 * formats, all but the queue of `async`, and a copy of the runtime's own streams stay out: they are most of its code,
 * and every process that packs would load them.
 */
const leanArchiver = {
  name: 'lean-archiver',
  resolveId(source, from) {
    if (!ARCHIVER.test(from ?? '')) return null
    if (source === 'readable-stream') return { id: 'node:stream', external: true }
    if (source === 'async') return join(root, 'node_modules/async/queue.js')
    if (['lazystream', 'readdir-glob', 'tar-stream', 'buffer-crc32'].includes(source)) return LEFT_OUT
    return null
  },
  load: (id) =>
    id === LEFT_OUT
      ? `const leftOut = class { constructor() { throw new Error('this part of archiver is not in the program') } }
export { leftOut as Readable }
export default leftOut`
      : null,
  transform: {
    filter: { id: /node_modules\/archiver\/lib\/core\.js$/ },
    handler(code) {
      const named = 'import { queue } from "async"'
      if (!code.includes(named)) throw new Error('archiver takes its queue in another way now: look at it again')
      return code.replace(named, 'import queue from "async"')
    },
  },
}

/**
 * Where several modules that are imported late share a file, the bundler gives each a file of its own that only points
 * to the shared one. To find and link such a file takes 1 ms, so the shared one is imported itself.
 */
const directImports = {
  name: 'direct-imports',
  generateBundle(_, bundle) {
    const pointers = new Map()
    const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
    const isNamed = (file) => chunks.some((one) => one.imports.includes(file))
    for (const { fileName, code } of chunks) {
      const [, given, file] = /^export ?\{([^}]*)\} ?from ?"\.\/([^"]+)";?\s*$/.exec(code) ?? []
      if (given === undefined || isNamed(fileName)) continue
      const members = given.split(',').map((one) => {
        const [inside, name = inside] = one.trim().split(' as ')
        return `get ${name}(){return m.${inside}}`
      })
      pointers.set(fileName, `import("./${file}").then(m=>({${members.join(',')}}))`)
    }
    for (const chunk of chunks) {
      chunk.code = chunk.code.replaceAll(
        /import\(([`"'])\.\/([^`"']+)\1\)/g,
        (whole, _quote, file) => pointers.get(file) ?? whole,
      )
    }
    for (const file of pointers.keys()) delete bundle[file]
    if (pointers.size === 0) throw new Error('no file of the bundle points to another: look at this again')
  },
}

/** The bundler's few lines about CommonJS stand within each file that wants them, for the same reason. */
const ownRuntime = {
  name: 'own-runtime',
  generateBundle(_, bundle) {
    const runtime = Object.values(bundle).find((one) => one.name === 'rolldown-runtime')
    const [, body, given] = /^([^]*)export ?\{([^}]*)\};?\s*$/.exec(runtime.code)
    const members = given.split(',').map((one) => one.trim().split(' as ').toReversed().join(':'))
    const lines = `(()=>{${body};return{${members.join(',')}}})()`
    const taken = new RegExp(`import ?\\{([^}]*)\\} ?from ?"\\./${RegExp.escape(runtime.fileName)}"`)
    for (const chunk of Object.values(bundle)) {
      if (!chunk.imports?.includes(runtime.fileName)) continue
      chunk.code = chunk.code.replace(taken, (_all, names) => `const{${names.replaceAll(' as ', ':')}}=${lines}`)
      if (chunk.code.includes(runtime.fileName)) throw new Error('the runtime is taken in another way now: look again')
    }
    delete bundle[runtime.fileName]
  },
}

/**
 * A file of ASCII alone is read and kept a byte a character: one sign beyond makes all of it take two, and ms to decode.
 * Within strings, templates and patterns, which is where such signs stand, an escape says the same.
 */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      if (/String\.raw`[^`]*[^\0-\x7f]/.test(chunk.code)) throw new Error('a raw template holds signs beyond ASCII')
      chunk.code = chunk.code.replaceAll(/\\[^]|[^\0-\x7f]/g, (found) => {
        const sign = found.at(-1)
        return sign <= '\x7f' ? found : `\\u${sign.charCodeAt().toString(16).padStart(4, '0')}`
      })
    }
  },
}

/** The front door, and what the other commands share with the market: with it they load the first and not the second. */
const IN_FRONT_DOOR =
  /src\/(?:front-door|jobs\/job|model\/(?:arm-name|duration|limits|report|shell|stages))\.ts$|node_modules\/(?:p-limit|yocto-queue)\//

/** Help and the start of most commands wait for nothing of the market. */
const apartFromMarket = {
  name: 'apart-from-market',
  generateBundle(_, bundle) {
    const list = Object.values(bundle).find((one) => one.name === 'list')
    const files = list.imports.filter((file) => file in bundle && !/^(?:front-door|rolldown-runtime)-/.test(file))
    if (files.length > 0)
      throw new Error(`the list of commands wants ${files}: what it takes belongs in the front door`)
  },
}

const COPY = '?of-main'
/** The front door has a copy of `paths.ts` within itself: to find and link a third file takes longer than to read it. */
const ownPaths = {
  name: 'own-paths',
  resolveId: (source, from) =>
    source === './system/paths.ts' && from === join(root, 'src/main.ts')
      ? join(root, 'src/system/paths.ts') + COPY
      : null,
  load: (id) =>
    id.endsWith(COPY) ? { code: readFileSync(id.slice(0, -COPY.length), 'utf8'), moduleType: 'ts' } : null,
}

/** The program of a plugin's process shares no file with the rest: it may read itself and nothing else. */
async function buildGuest(dir) {
  const guest = await rolldown({
    input: { 'plugin-guest': join(root, 'src/plugins/guest/guest.ts') },
    platform: 'node',
    external: [/^node:/],
  })
  const { output } = await guest.write({ dir, format: 'esm', minify: true, entryFileNames: '[name].js' })
  await guest.close()
  if (output.length !== 1) throw new Error('the process of a plugin would have to read more than one file')
}

/** Newest modification time below a path, in ms. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const built = statSync(join(out, 'main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
const isFresh = built > Math.max(...sources.map((name) => newest(join(root, name))))
if (!(process.argv.includes('--if-needed') && isFresh)) {
  // Built aside and swapped in, so that nobody ever runs half a program.
  const aside = join(root, `.dist-${process.pid}`)
  const bundle = await rolldown({
    input: {
      main: join(root, 'src/main.ts'),
      library: join(root, 'src/library.ts'),
      plugin: join(root, 'src/plugin.ts'),
      // Threads of their own.
      'analyze-thread': join(root, 'src/arm/stream/analyze-thread.ts'),
      'validation-worker': join(root, 'src/validation/worker.ts'),
      'bench-worker': join(root, 'src/bench/worker.ts'),
    },
    platform: 'node',
    plugins: [
      ownPaths,
      lazyStringWidth,
      lazySegmenter,
      yogaWithoutFetch,
      leanArchiver,
      namedBuiltins,
      directImports,
      ownRuntime,
      asciiOnly,
      apartFromMarket,
    ],
    // Ink imports its devtools behind an environment switch we never set.
    external: ['react-devtools-core', /^node:/],
    transform: { define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' } },
    onLog(level, log, handle) {
      if (!QUIET.has(log.code)) handle(level, log)
    },
  })
  await bundle.write({
    dir: aside,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: false,
    // A file costs more to find and to link than to hold some lines that this run does not need.
    codeSplitting: {
      groups: [
        { name: 'front-door', test: IN_FRONT_DOOR, priority: 2 },
        // What a job needs, and who follows one, does not wait for the market.
        { name: 'workshop', test: /src\/(?:engine\/open-workshop|config\/load-settings)\.ts$/, priority: 1 },
        {
          name: 'stream',
          test: /src\/arm\/stream\/(?!analyze-many|analyze-thread|chunk-size|room)/,
        },
        {
          name: 'market',
          test: /src\/(?:engine\/open-marketplace|cache\/disk-store|install\/installed)\.ts$|node_modules\/keyv\//,
        },
      ],
    },
  })
  await bundle.close()
  await buildGuest(aside)
  chmodSync(join(aside, 'main.js'), 0o755)
  const old = `${aside}-old`
  if (existsSync(out)) renameSync(out, old)
  renameSync(aside, out)
  rmSync(old, { recursive: true, force: true })
}
