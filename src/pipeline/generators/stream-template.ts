import { sectionsOf, type Rendered } from './arm-template.ts'
import { SCHEMA } from './nest.ts'
import { openJsonWriter, type IncrementalJsonWriter, type Sink } from './json-writer.ts'

interface Streamed {
  resources: number
  characters: number
}

/**
 * Writes a template to a sink as its resources are made, in the very bytes of `mainTemplate`; answers how many
 * resources and characters that were. Neither the list of resources nor its text is ever held.
 */
export async function streamTemplate(rendered: Rendered, sink: Sink, signal: AbortSignal): Promise<Streamed> {
  const writer = openJsonWriter(sink)
  const { outputs } = rendered.whole
  openHead(writer, rendered)
  // The reader has something to do while the first resources are made.
  await writer.flush()
  let resources = 0
  const added = async (): Promise<void> => {
    resources++
    if (!writer.isFull) return
    signal.throwIfAborted()
    await writer.flush()
  }
  for (const [name, resource] of Object.entries(rendered.whole.resources)) {
    if (hasNames(rendered)) writer.key(name)
    writer.value(resource)
    await added()
  }
  for (const { pieces } of rendered.repeated) {
    writer.laidOut(pieces)
    if (writer.isFull) await added()
    else resources++
  }
  writer.close()
  if (Object.keys(outputs).length > 0) {
    writer.key('outputs')
    writer.value(outputs)
  }
  writer.close()
  await writer.end()
  return { resources, characters: writer.written }
}

/** Whether the resources have symbolic names. */
const hasNames = ({ whole }: Pick<Rendered, 'whole'>): boolean => !Array.isArray(whole.resources)

/** All that stands before the resources. */
function openHead(writer: IncrementalJsonWriter, { whole }: Rendered): void {
  writer.open('{')
  writer.key('$schema')
  writer.value(SCHEMA)
  if (whole.languageVersion !== undefined) {
    writer.key('languageVersion')
    writer.value(whole.languageVersion)
  }
  writer.key('contentVersion')
  writer.value('1.0.0.0')
  for (const name of sectionsOf(whole)) {
    if (name === 'outputs') continue
    writer.key(name)
    writer.value(whole[name])
  }
  writer.key('resources')
  writer.open(hasNames({ whole }) ? '{' : '[')
}
