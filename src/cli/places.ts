import { relative, resolve, sep } from 'node:path'
import type { Config } from '../config/pipeline.ts'
import { placeOf } from '../config/sources/source.ts'
import { TidemarkError } from '../errors.ts'

/** Pipelines that may know the file, with its path in each source. */
export function placesOf(config: Config, file: string): [pipeline: string, path: string][] {
  return [...config.pipelines.values()].flatMap(({ name, source }): [string, string][] => {
    if (source.kind !== 'local')
      return [[name, file.startsWith(`${placeOf(source)}/`) ? file.slice(placeOf(source).length + 1) : file]]
    const inside = relative(source.folder, resolve(file)).split(sep)
    return inside[0] === '..' || inside[0] === '' ? [[name, file]] : [[name, inside.join('/')]]
  })
}

export function unknownFile(config: Config, file: string): TidemarkError {
  const places = [...config.pipelines.values()].map(({ source }) => placeOf(source)).join(', ')
  return new TidemarkError('UsageError', `no pipeline has, or had, a file ${JSON.stringify(file)}; the sources are ${places}`)
}
