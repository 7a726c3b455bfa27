import type { FailureType } from './failure-type.ts'

/** Response times of the last calls of a registry, ms. */
export interface Spread {
  /** How many calls these are made of, 100 at most. */
  samples: number
  mean: number
  p50: number
  p95: number
  p99: number
}

/** Failures of one kind that came shortly after each other. Moments in ms since 1970. */
export interface Burst {
  type: FailureType | 'other'
  count: number
  firstAt: number
  lastAt: number
}

/** How long a certificate is good for. `level` is `warning` below 30 days and `critical` below 7 (inventory S37.14). */
export interface CertificateFigures {
  endsAt: number
  daysLeft: number
  level: 'fine' | 'warning' | 'critical'
}

/** What is known of the calls to one registry. Rates are 0 to 1 and absent while there is nothing to make them of. */
export interface RegistryFigures {
  registry: string
  /** Questions that went out, however many requests each took. */
  calls: number
  failed: number
  successRate?: number
  response?: Spread
  /** Over the last 100 requests, or questions where the protocol makes no requests. */
  callsPerMinute?: number
  authFailures: number
  rateLimitHits: number
  errors: Partial<Record<FailureType | 'other', number>>
  /** Latest first. */
  bursts: Burst[]
  certificate?: CertificateFigures
  /** Response times of the last calls, oldest first; null for one that failed. */
  recentMs: (number | null)[]
}

/** What people did with the goods. */
export interface TemplateFigures {
  searches: number
  topSearches: { text: string; count: number }[]
  /** Installs and updates carried out, by id, most first. */
  installs: { id: string; count: number }[]
  /** Items asked to be installed or updated, and those of them that were. */
  asked: number
  installed: number
  installationRate?: number
  validations: { passed: number; warning: number; failed: number }
}

/** Failures by kind and by code, over all registries and goods. */
export interface ErrorFigures {
  byType: Record<FailureType | 'other', number>
  byCode: { code: string; count: number }[]
}

/** All figures kept on this machine. */
export interface Figures {
  isEnabled: boolean
  /** The oldest moment anything is known of, ms since 1970. */
  since?: number
  /** Bytes on disk. */
  bytes: number
  registries: RegistryFigures[]
  templates: TemplateFigures
  errors: ErrorFigures
}
