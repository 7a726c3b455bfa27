import type { Middleware } from '../pipeline.ts'
import { placeOf } from '../places.ts'
import { CONTROLS, LOOKS } from './controls.ts'
import { addSection, readTemplate, withoutTemplate } from './edit-template.ts'

const PLACE = placeOf('compliance')
const FRAMEWORKS = [...new Set(CONTROLS.map((one) => one.framework))]

/** Attaches to the report what the template shows of the controls of four frameworks, with the evidence for each. */
export const compliance = (): Middleware => ({
  ...PLACE,
  skip: withoutTemplate,
  async process(draft, next) {
    const template = readTemplate(draft)
    const controls = CONTROLS.map(({ look, ...control }) => ({ ...control, ...LOOKS[look](template) }))
    const count = (framework: string, state: string): number =>
      controls.filter((one) => one.framework === framework && one.state === state).length
    addSection(draft, {
      id: PLACE.id,
      title: 'Compliance',
      lines: [
        ...FRAMEWORKS.map(
          (name) =>
            `${name}: ${count(name, 'pass')} pass, ${count(name, 'fail')} fail, ${count(name, 'not-applicable')} not applicable`,
        ),
        ...controls
          .filter((one) => one.state === 'fail')
          .map((one) => `fail: ${one.framework} ${one.control} ${one.title}. ${one.evidence.join('; ')}`),
        'A template shows what is deployed, not how it is run: a pass answers a control only as far as that.',
      ],
      data: { controls },
    })
    await next()
  },
})
