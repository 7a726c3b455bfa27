// Bundles src/main.ts into dist/. `--if-needed` leaves a build alone that is newer than every source.
// A bundled start is about 2.5 times faster than loose files; the TUI stays a lazy chunk of its own.
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
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

/**
 * Importing a module of the runtime reads every one of its exports, the late ones too: `node:fs` then loads all streams,
 * `node:crypto` all of WebCrypto. Taking by name what is used leaves those alone, and links nothing.
 */
const namedBuiltins = {
  name: 'named-builtins',
  renderChunk: (code) =>
    code.replaceAll(
      /(^|;|\n)import(?: ?([\w$]+),)?(?: ?\{([^}]*)\} ?| ([\w$]+) )from ?"(node:[\w/]+)"/g,
      (_, ...found) => {
        const [before, all, names, whole, id] = found
        const taken = names === undefined ? whole : `{${names.replaceAll(/([\w$]+) as /g, '$1:')}}`
        const module = `globalThis.process.getBuiltinModule("${id}")`
        return `${before}const ${taken}=${module}${all === undefined ? '' : `,${all}=${module}`}`
      },
    ),
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
    input: { main: join(root, 'src/main.ts') },
    platform: 'node',
    plugins: [lazyStringWidth, lazySegmenter, yogaWithoutFetch, namedBuiltins],
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
        { name: 'paths', test: /src\/system\/paths\.ts$/, priority: 3 },
        { name: 'front-door', test: /src\/front-door\.ts$/, priority: 2 },
        {
          name: 'market',
          test: /src\/(?:open-marketplace|config\/load-settings|cache\/disk-store|commands\/parse)\.ts$/,
        },
      ],
    },
  })
  await bundle.close()
  chmodSync(join(aside, 'main.js'), 0o755)
  const old = `${aside}-old`
  if (existsSync(out)) renameSync(out, old)
  renameSync(aside, out)
  rmSync(old, { recursive: true, force: true })
}
