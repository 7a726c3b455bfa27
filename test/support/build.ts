import { execa } from 'execa'

/** Builds dist/ once before the suite, so that stories run the program a user runs. */
export default async function build(): Promise<void> {
  await execa(process.execPath, ['.build/build.mjs', '--if-needed'], { cwd: new URL('../..', import.meta.url) })
}
