import type { PipelineInput } from '../../src/config/schema.ts'
import type { Ground } from './ground.ts'

/** What a load does, beside that it loads new files. */
export interface StepCase {
  /** Where it looks at the source, or changes folders, in another way than the first load of a partition: such steps fail too. */
  readonly looks?: true
  readonly changesFiles?: true
  readonly options?: Partial<PipelineInput>
  readonly before: (ground: Ground) => Promise<unknown>
  /** Whose Nth step fails; then it is done again, without a fault. */
  readonly load: (ground: Ground) => Promise<unknown>
}

export const STEP_CASES = {
  'a chunk of a batch': {
    changesFiles: true,
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.drop('q/bad.csv', 0)
    },
    load: (ground) => ground.pass(),
  },
  'a first sweep that leaves files out': {
    looks: true,
    changesFiles: true,
    options: { partitions: { kind: 'dynamic', initial: { since: '2024-01-31' } } },
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.drop('p/old.csv', 7)
      await ground.date('p/old.csv', '2024-01-30')
    },
    load: (ground) => ground.pass(),
  },
  'a newer version': {
    before: async (ground) => {
      await ground.drop('p/a.csv', 7)
      await ground.load('p')
      await ground.drop('p/a.csv', 1, 2)
    },
    load: (ground) => ground.load('p'),
  },
  'a retry': {
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.load('p')
    },
    load: async (ground) => {
      await ground.decide('p/a.csv', 'retry')
      await ground.load('p')
    },
  },
  'a release': {
    before: async (ground) => {
      await ground.drop('p/a.csv', 0)
      await ground.drop('p/b.csv', 1)
      await ground.load('p')
    },
    load: async (ground) => {
      await ground.decide('p/a.csv', 'release')
      await ground.load('p')
    },
  },
  'a removal': {
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.drop('p/b.csv', 3)
      await ground.load('p')
    },
    load: async (ground) => {
      await ground.decide('p/a.csv', 'remove')
      await ground.load('p')
    },
  },
  'a copy that is skipped': {
    options: { onDuplicate: 'skip' },
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.load('p')
      await ground.drop('q/copy.csv', 1, 2)
    },
    load: (ground) => ground.load('q'),
  },
  'a copy that takes the place of what is removed': {
    options: { onDuplicate: 'skip' },
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.load('p')
      await ground.drop('q/copy.csv', 1, 2)
      await ground.load('q')
      await ground.decide('p/a.csv', 'remove')
    },
    load: async (ground) => {
      await ground.load('p')
      await ground.load('q')
    },
  },
  'a file that is gone': {
    looks: true,
    options: { onDeleted: 'remove' },
    before: async (ground) => {
      await ground.drop('p/a.csv', 1, 2)
      await ground.drop('p/b.csv', 3)
      await ground.load('p')
      await ground.delete('p/a.csv')
    },
    load: (ground) => ground.load('p', ['p/a.csv']),
  },
  'a file that is moved, beside an older version of its name': {
    looks: true,
    changesFiles: true,
    options: { afterLoad: { move: '_loaded' } },
    before: async (ground) => {
      await ground.drop('p/a.csv', 7)
      await ground.load('p')
      await ground.drop('p/a.csv', 1, 2)
    },
    load: (ground) => ground.load('p'),
  },
} as const satisfies Record<string, StepCase>
