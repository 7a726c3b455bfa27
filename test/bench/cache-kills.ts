/**
 * Two processes write to one cache without end; each is killed with -9 again and again, at a moment of chance. After
 * each kill the other goes on. At the end the database is checked as a whole, and every entry is read through the
 * cache. Prints one JSON line; exits 1 when anything was lost, broken or complained about.
 * `node test/bench/cache-kills.ts [KILLS] [SEED]`
 */
import { killWriters } from '../support/cache-kills.ts'

const [kills = '200', seed = '1'] = process.argv.slice(2)
const figures = await killWriters(Number(kills), Number(seed))
process.stdout.write(`${JSON.stringify({ bench: 'cache-kills', ...figures })}\n`)
const isGood = figures.integrity === 'ok' && figures.lost === 0 && figures.dropped === 0 && figures.complaints === ''
process.exitCode = isGood ? 0 : 1
