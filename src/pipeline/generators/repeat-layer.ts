import { itemManifest } from '../../model/errors.ts'
import type { Renderer } from './handlebars.ts'
import { joined, type Piece } from './piece.ts'
import { readRendered } from './read-rendered.ts'

/** A layer that makes one resource each time: laid out as it stands in the list of resources of a template. */
export type Repeat = (item: unknown, index: number) => readonly Piece[]

/** Resources stand two levels deep. */
const PAD = '    '
const laidOut = (value: unknown): string => JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${PAD}`)
const isResource = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && 'name' in value

/** A `{{value}}`; those with three braces or blocks do not stand within quotes alone. */
const SLOT = /\{\{([^{}#/^>!]+)\}\}/g
const MARK = /\uE000(\d+)\uE001/g

/**
 * The source laid out beforehand, where it is JSON but for values within quotes: what is rendered from it needs no
 * further work, which makes it about three times as fast. Undefined for any other source.
 */
function layOutSource(source: string): string | undefined {
  if (/[\uE000\uE001]/.test(source)) return undefined
  const slots: string[] = []
  const marked = source.replaceAll(SLOT, (slot) => `\uE000${slots.push(slot) - 1}\uE001`)
  if (marked.includes('{{')) return undefined
  try {
    const value: unknown = JSON.parse(marked)
    return isResource(value)
      ? laidOut(value).replaceAll(MARK, (_, slot: string) => slots[Number(slot)] ?? '')
      : undefined
  } catch {
    return undefined
  }
}

/** Rendered text as a resource, read as the layers are: a comma may follow the last member. */
function layOutText(text: string, file: string): string {
  const value = readRendered(text, file)
  if (!isResource(value)) throw itemManifest(file, 'does not render to a resource with type and name')
  return laidOut(value)
}

/** Opens a layer that repeats; `item` and `index` are in its context. */
export function openRepeat(renderer: Renderer, source: string, file: string): Repeat {
  const ready = layOutSource(source)
  const render = renderer.repeat(ready ?? source, file)
  if (ready !== undefined) return (item, index) => render({ item, index })
  return (item, index) => [layOutText(joined(render({ item, index })), file)]
}
