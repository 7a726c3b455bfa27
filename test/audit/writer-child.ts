// A process of its own that adds lines to a trail, as many as it is told or without end, and says when it began.
import { Trail } from '../../src/audit/trail.ts'

const [folder = '', name = '', limit = '0'] = process.argv.slice(2)
const trail = new Trail({ folder, user: name, maxFileBytes: 4000 })
const end = limit === '0' ? Number.POSITIVE_INFINITY : Number(limit)
for (let index = 0; index < end; index++) {
  trail.append({
    fact: { action: 'install', item: `${name}/${index}`, outcome: 'ok' },
    at: 1_700_000_000_000 + index,
    cause: 'test',
  })
  if (index === 0) process.stdout.write('writing\n')
}
trail.close()
