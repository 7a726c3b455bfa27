import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import type { Clock } from '../system/system.ts'

/** A bell that rings when a folder changes, and now and then anyway: file events can be lost, polls cannot. */
export interface Wake {
  /** Resolves at the next ring, or at once when it rang since the last wait or the signal aborted. */
  next(signal?: AbortSignal): Promise<void>
  close(): void
}

/** A watch on a folder; `isOpen` is false where watching is not possible (no inotify left, network disks). */
export interface FolderWatch {
  isOpen(): boolean
  close(): void
}

/** Calls with the name of what changed; without one when the watch is lost. */
export function watchFolder(folder: string, call: (name: string | undefined) => void, recursive = false): FolderWatch {
  let watcher: FSWatcher | undefined
  const close = (): void => {
    watcher?.close()
    watcher = undefined
  }
  try {
    watcher = watch(folder, { recursive }, (_, name) => call(name ?? undefined))
    watcher.on('error', () => {
      close()
      call(undefined)
    })
  } catch {
    watcher = undefined
  }
  return { isOpen: () => watcher !== undefined, close }
}

export function openWake(folder: string, clock: Clock, pollMs: number, recursive = false): Wake {
  let hasRung = false
  let waiting: (() => void) | undefined
  const ring = (): void => {
    hasRung = true
    waiting?.()
  }
  const watched = watchFolder(folder, ring, recursive)
  const stopPoll = clock.every(pollMs, ring)
  return {
    async next(signal) {
      if (!hasRung && signal?.aborted !== true) {
        await new Promise<void>((done) => {
          waiting = done
          signal?.addEventListener('abort', () => done(), { once: true })
        })
      }
      waiting = undefined
      hasRung = false
    },
    close() {
      watched.close()
      stopPoll()
    },
  }
}
