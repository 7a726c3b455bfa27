import { readFileSync } from 'node:fs'
import { nestedTemplate } from '../../src/pipeline/generators/arm-resources.ts'
import type { ArmResource } from '../../src/pipeline/generators/arm-template.ts'

/** A resource of a template that was written, with its symbolic name and the names of the deployments around it. */
export interface Placed extends ArmResource {
  symbol: string
  within: string[]
  properties: Record<string, unknown>
}

/** A template as it lies in a file: its sections, and every resource in it, those of nested deployments included. */
export function readTemplateFile(path: string) {
  const template = JSON.parse(readFileSync(path, 'utf8')) as {
    languageVersion?: string
    parameters?: Record<string, { type: string; defaultValue?: unknown }>
    variables?: Record<string, unknown>
    outputs?: Record<string, { type: string; value: string }>
    resources: ArmResource[] | Record<string, ArmResource>
  }
  const walk = (resources: typeof template.resources, within: string[]): Placed[] =>
    Object.entries(resources).flatMap(([symbol, one]) => {
      const inner = nestedTemplate(one)
      return [{ properties: {}, ...one, symbol, within }, ...(inner ? walk(inner.resources, [...within, symbol]) : [])]
    })
  return { ...template, all: walk(template.resources, []) }
}
export type WrittenTemplate = ReturnType<typeof readTemplateFile>
