import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { Program } from '../harness/program.ts'
import type { Tried } from './faulty-cases.ts'
import type { End } from './ground.ts'
import type { STEP_CASES } from './step-cases.ts'

const FAULTY_CASES = new URL('faulty-cases.ts', import.meta.url)

/** How each ends, whatever failed in between. */
const ENDS: Readonly<Record<keyof typeof STEP_CASES, Pick<End, 'rows' | 'ledger' | 'files'>>> = {
  'a chunk of a batch': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 loaded', 'q/bad.csv#1 held'],
    files: { 'p/a.csv': prices(1, 2), 'q/bad.csv': prices(0) },
  },
  'a first sweep that leaves files out': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 loaded', 'p/old.csv#1 ignored'],
    files: { 'p/a.csv': prices(1, 2), 'p/old.csv': prices(7) },
  },
  'a newer version': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 superseded', 'p/a.csv#2 loaded'],
    files: { 'p/a.csv': prices(1, 2) },
  },
  'a retry': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 loaded, retry carried out'],
    files: { 'p/a.csv': prices(1, 2) },
  },
  'a release': {
    rows: { 'p/a.csv': [0], 'p/b.csv': [1] },
    ledger: ['p/a.csv#1 loaded, release carried out', 'p/b.csv#1 loaded'],
    files: { 'p/a.csv': prices(0), 'p/b.csv': prices(1) },
  },
  'a removal': {
    rows: { 'p/b.csv': [3] },
    ledger: ['p/a.csv#1 removed, remove carried out', 'p/b.csv#1 loaded'],
    files: { 'p/a.csv': prices(1, 2), 'p/b.csv': prices(3) },
  },
  'a copy that is skipped': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 loaded', 'q/copy.csv#1 duplicate'],
    files: { 'p/a.csv': prices(1, 2), 'q/copy.csv': prices(1, 2) },
  },
  'a copy that takes the place of what is removed': {
    rows: { 'q/copy.csv': [1, 2] },
    ledger: ['p/a.csv#1 removed, remove carried out', 'q/copy.csv#1 loaded, retry carried out'],
    files: { 'p/a.csv': prices(1, 2), 'q/copy.csv': prices(1, 2) },
  },
  'a file that is gone': {
    rows: { 'p/b.csv': [3] },
    ledger: ['p/a.csv#1 removed, gone', 'p/b.csv#1 loaded'],
    files: { 'p/b.csv': prices(3) },
  },
  'a file that is moved, beside an older version of its name': {
    rows: { 'p/a.csv': [1, 2] },
    ledger: ['p/a.csv#1 superseded, done _loaded/p/a.csv', 'p/a.csv#2 loaded, done _loaded/p/a.2.csv'],
    files: { '_loaded/p/a.csv': prices(7), '_loaded/p/a.2.csv': prices(1, 2) },
  },
}
/** Each try loads three times. */
const LONG_MS = 400_000
const CLEAN = { claims: 0, staged: [], backoffs: 0, findings: [] }

test(
  'whichever step fails of a batch, a newer version, a decision, a copy, a removal or a move, the next load brings it right',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-steps-'))
    try {
      await using program = Program.start(FAULTY_CASES, [folder])
      expect({ code: await program.ended(), output: program.output }).toEqual({ code: 0, output: expect.any(String) })
      const tries: Tried[] = program.output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      for (const [name, end] of Object.entries(ENDS)) {
        const all = tries.filter((tried) => tried.name === name)
        expect({ name, failed: all.slice(0, -1).every(({ failed }) => failed), enough: all.length >= 8 }).toEqual({
          name,
          failed: true,
          enough: true,
        })
        for (const { failed, before, between, end: found } of all) {
          expect({ name, failed, end: found }).toEqual({ name, failed, end: { ...end, ...CLEAN } })
          for (const file of Object.keys({ ...before, ...between, ...end.rows }))
            expect({ name, failed, whole: [before[file], end.rows[file]] }).toEqual({
              name,
              failed,
              whole: expect.arrayContaining([between[file]]),
            })
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  LONG_MS,
)
