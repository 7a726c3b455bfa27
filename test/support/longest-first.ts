import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Projects in the order in which they run. The many small files come last: with them both workers end together. */
const ORDER = ['stories', 'streaming', 'apart', 'rooms']

/** Runs project after project, and in each the files that took longest the last time (or are largest) first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ project }: TestSpecification): number => ORDER.indexOf(project.name)
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's own method, which gives a new list
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}
