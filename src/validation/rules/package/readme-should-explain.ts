import type { PackageFault, PackageRule, PackageSubject } from '../../rule.ts'

/** Shorter than this says hardly more than the name. */
const LEAST_CHARACTERS = 300
/** What a part that is missing costs of the documentation, in points of a hundred. */
const POINTS = { readme: 70, length: 15, sections: 15, example: 10 } as const

export const readmeShouldExplain: PackageRule = {
  name: 'Readme-Should-Explain',
  family: 'package',
  step: 'quality',
  part: 'documentation',
  section: 'documentation',
  since: 2,
  summary: 'A package has a read-me with sections and an example that explains it.',
  severity: 'info',
  *inspect(subject) {
    const readme = readmeOf(subject)
    if (!readme) {
      // What a generator makes explains itself in a document of another name.
      if (subject.documents.length > 0) return
      const message = 'The package has no README.md.'
      const place = { file: subject.face, line: 1, column: 1 }
      yield { id: 'Readme.Missing', ...place, severity: 'low', message, points: POINTS.readme }
      return
    }
    const { path, text } = readme
    const tell = (id: string, message: string, points: number): PackageFault => {
      return { id: `Readme.${id}`, file: path, line: 1, column: 1, level: 'note', message, points }
    }
    const length = text.trim().length
    if (length < LEAST_CHARACTERS)
      yield tell(
        'Short',
        `It has ${length} characters; from ${LEAST_CHARACTERS} on it explains something.`,
        POINTS.length,
      )
    if (!/^#{2,6}\s+\S/m.test(text)) yield tell('Sections', 'It has no sections ("## Use").', POINTS.sections)
    if (!/^ {0,3}(?:```|~~~)|^ {4}\S/m.test(text)) yield tell('Example', 'It shows no example.', POINTS.example)
  },
}

const readmeOf = ({ documents }: PackageSubject): PackageSubject['documents'][number] | undefined =>
  documents.find(({ path }) => /^readme(?:\.\w+)?\.md$/i.test(path))
