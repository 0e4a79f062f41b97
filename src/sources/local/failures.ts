import { getSystemErrorMap } from 'node:util'
import { messageOf, systemCodeOf, TidemarkError } from '../../errors.ts'

export function folderUnavailable(folder: string, error: unknown): TidemarkError {
  const message = `Expected to read the source's folder ${folder}, got ${reasonOf(error)}. ${folderMendOf(systemCodeOf(error))}`
  return new TidemarkError('SourceUnavailable', message, { cause: error })
}

export function fileUnreadable(path: string, folder: string, error: unknown): TidemarkError {
  const message = `Expected to read the file ${path} in ${folder}, got ${reasonOf(error)}. ${fileMendOf(systemCodeOf(error))}`
  return new TidemarkError('FileUnreadable', message, { cause: error })
}

export function fileRefused(path: string, folder: string, reason: string): TidemarkError {
  const message = `Expected a regular file at ${path} in ${folder}, got ${reason}. Put a regular file there, or take it away.`
  return new TidemarkError('FileUnreadable', message)
}

/** Nothing can stand at that path now, which is an answer and not a failure. */
export function isAbsent(error: unknown): boolean {
  return ABSENT.has(systemCodeOf(error) ?? '')
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'])

/** Without the system call and the path, which the message names already and which may hold bytes that are no text. */
export function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  const known = getSystemErrorMap().get(errno)
  return known === undefined ? messageOf(error) : `${known[0]}: ${known[1]}`
}

function folderMendOf(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'Create the folder, mount what holds it, or correct the folder of `source` in the config.'
    case 'ENOTDIR':
    case 'ELOOP':
      return 'Put a folder there, or correct the folder of `source` in the config.'
    case 'EACCES':
    case 'EPERM':
      return `Let the user that runs Tidemark${uidOf()} read and enter it.`
    default:
      return machineMendOf(code)
  }
}

function fileMendOf(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'It has gone since it was listed; put it back if it is to be loaded.'
    case 'EACCES':
    case 'EPERM':
      return `Let the user that runs Tidemark${uidOf()} read it.`
    default:
      return machineMendOf(code)
  }
}

function machineMendOf(code: string | undefined): string {
  return code === 'EMFILE' || code === 'ENFILE'
    ? 'Raise the limit of open files (`ulimit -n`).'
    : 'See that its disk or share is mounted and sound.'
}

function uidOf(): string {
  return process.getuid === undefined ? '' : ` (uid ${process.getuid()})`
}
