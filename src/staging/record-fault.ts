import { counted } from '../counted.ts'
import { type RecordScanner, UNCLOSED } from './record-scanner.ts'

type Last = RecordScanner['last']

/** Why a record is none of a table with so many columns; empty when it is one. */
export function recordFault({ fields, fault }: Last, expected: number): string {
  if (fault !== '') return fault
  return fields === expected ? '' : `${counted(fields, 'field')} where ${expected} are expected`
}

/** Whether a record with a bad quote may have swallowed others: then nobody knows how many are bad. */
export function mayHideOthers({ fault, lines }: Last): boolean {
  return fault === UNCLOSED || (fault !== '' && lines > 1)
}
