import type { LoadedSettings } from './config/settings.ts'
import type { Marketplace } from './marketplace.ts'
import type { TemplatePlaces } from './pipeline/run-input.ts'

interface TemplateParts extends TemplatePlaces {
  settings: LoadedSettings['settings']
}

/** What can be asked of a template before it is run. Each question loads what it needs, and nothing is written. */
export const openTemplates = (parts: TemplateParts): Marketplace['templates'] => ({
  async table(template) {
    const [{ environmentTable }, { loadTemplate }, { templateFolder }] = await Promise.all([
      import('./pipeline/environment-table.ts'),
      import('./pipeline/generators/template-folder.ts'),
      import('./pipeline/run-input.ts'),
    ])
    return environmentTable(loadTemplate(await templateFolder(template, parts)))
  },
})
