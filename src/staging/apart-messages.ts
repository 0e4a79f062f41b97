import type { ErrorCode } from '../errors.ts'
import type { StageRequest } from './stage-files.ts'
import type { Staged } from './staged.ts'

/** What a worker asks of the process that stages a file apart. */
export interface ApartRequest extends Pick<StageRequest, 'pipeline' | 'folder'> {
  readonly file: StageRequest['files'][number]
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
