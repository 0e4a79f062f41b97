import type { Pipeline } from '../config/pipeline.ts'
import type { ErrorCode } from '../errors.ts'
import type { Listed } from '../sources/source.ts'
import type { Staged } from './staged.ts'

/** What a worker asks of the process that stages a file apart. */
export interface ApartRequest {
  readonly pipeline: Pipeline
  readonly listed: Listed
  readonly loadedHash?: string
  readonly folder: string
}

/** Our errors lose their code on the way between processes. */
export interface ApartFailure {
  readonly code: ErrorCode
  readonly message: string
}

export type ApartAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'staged'; readonly staged: Exclude<Staged, { verdict: 'unreadable' }> }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: ApartFailure }
  | { readonly kind: 'failed'; readonly error: ApartFailure }

/** Both ends are of one build: a message of the other kind is all that there can be. */
export function isRequest(message: unknown): message is ApartRequest {
  return typeof message === 'object' && message !== null && 'pipeline' in message
}

export function isAnswer(message: unknown): message is ApartAnswer {
  return typeof message === 'object' && message !== null && 'kind' in message
}
