import { writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Pattern } from '../../src/partitions/pattern.ts'
import type { Listed, Source, Version } from '../../src/sources/source.ts'

/** A folder of its own for a test, that goes away with it. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-source-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whatever is at the path now. */
export function asIs(path: string): Version {
  return { path, fingerprint: '', size: 0 }
}

export async function put(folder: string, path: string, text: string | Uint8Array = 'a,b\n1,2\n'): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

/** Empty files `00000.csv` and on. */
export async function putMany(folder: string, count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const names = Array.from({ length: count }, (_, index) => `${String(index).padStart(5, '0')}.csv`)
  for (const name of names) writeFileSync(join(folder, name), '')
  return names
}

export async function listAll(source: Source, pattern: Pattern): Promise<Listed[]> {
  const all: Listed[] = []
  for await (const page of source.list(pattern, new AbortController().signal)) all.push(...page)
  return all
}

export async function pathsOf(source: Source, pattern: Pattern): Promise<string[]> {
  return (await listAll(source, pattern)).map(({ path }) => path)
}

/** Waits for a state of the world, and fails by the test's own deadline when it does not come. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Expected within ${withinMs} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
