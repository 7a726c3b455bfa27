import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PRODUCTS = 'kubernetes cosmos redis postgres terraform firewall gateway storage functions container monitor vault'
const SHAPES = 'cluster baseline module starter dashboard pipeline network secure private hub spoke cache'
const FILLER = 'deploys a ready to use set of resources for teams who need it in several regions with policies'

/** Writes an index of `count` made-up goods into a home of its own, with settings that name it; the same each time. */
export function writeBenchHome(home: string, count: number): void {
  let seed = 42
  const pick = (list: readonly string[]): string => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32
    return list[Math.floor((seed / 2 ** 32) * list.length)] ?? ''
  }
  const [products, shapes, filler] = [PRODUCTS, SHAPES, FILLER].map((text) => text.split(' ')) as [
    string[],
    string[],
    string[],
  ]
  const goods = Array.from({ length: count }, (_, at) => ({
    title: `${pick(products)} ${pick(shapes)} ${at}`,
    description: Array.from({ length: 12 }, () => pick(filler)).join(' '),
    author: `${pick(shapes)} team`,
    source: `https://git.example/bench/goods-${at}`,
    tags: [pick(products), pick(shapes)],
    IaC: ['bicep'],
    azureServices: [pick(products)],
    languages: [pick(['python', 'typescript', 'go', 'java'])],
    templateType: pick(shapes),
  }))
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(join(home, 'index.json'), JSON.stringify(goods))
  writeFileSync(
    join(home, 'config', 'registries.yaml'),
    `registries:\n  - name: bench\n    url: ${join(home, 'index.json')}\n`,
  )
}
